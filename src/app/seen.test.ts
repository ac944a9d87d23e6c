import { expect, test } from "vitest";
import { LABEL, type ObservedContainer, type ObservedHost } from "#model";
import { applied, deployed } from "../plan/deployed.fixture.ts";
import { bundlesOf, makePlan } from "../plan/index.ts";
import { ordinaryService, site } from "../plan/site.fixture.ts";
import { movedSince, seenOn } from "./seen.ts";

const before = site({ control01: [...ordinaryService("keystone"), ...ordinaryService("glance")] });
const hosts = deployed(before);
const found = hosts.control01 as ObservedHost;
/** Keystone's file, and so its container, change; Glance stays. */
const desired = site({
  control01: before.hosts[0]?.items.map((item) => {
    if (item.kind === "file" && item.path.endsWith("keystone.conf"))
      return { ...item, content: "[DEFAULT]\na=1\n" };
    if (item.kind === "container" && item.spec.name === "keystone")
      return { ...item, files: { ...item.files, "/etc/kolla/keystone/keystone.conf": "new" } };
    return item;
  }) as never,
});
const plan = makePlan(desired, hosts, { verb: "deploy" });
const [bundle] = bundlesOf({ plan, states: [desired] }, { run: "r", began: "", holder: "h" });
const seen = (host: ObservedHost) => ({ control01: seenOn(host, bundle as never) });
const moved = (host: ObservedHost): string[] =>
  movedSince(seen(found), seen(host)).map(({ message }) => message);
const withContainer = (name: string, change: Partial<ObservedContainer>): ObservedHost => ({
  ...found,
  containers: found.containers.map((each) => (each.name === name ? { ...each, ...change } : each)),
});

test("the plan of this test changes a file and a container of one service, and knows nothing of the other", () => {
  expect(plan.steps.map(({ kind }) => kind)).toEqual(["file", "container", "gate"]);
  expect(Object.keys(seen(found).control01)).toEqual([
    "machine",
    "file /etc/kolla/keystone/keystone.conf",
    "container keystone",
    "generations of keystone",
    "image kolla/keystone:1",
  ]);
});

test("hosts that are as they were have not moved, whatever passes", () => {
  expect(moved(found)).toEqual([]);
  expect(moved(withContainer("keystone", { health: "unhealthy", upSeconds: 7 }))).toEqual([]);
});

test("what the plan does not speak of may move", () => {
  expect(moved(withContainer("glance", { id: "another", state: "exited" }))).toEqual([]);
});

test("a container that was replaced, stopped or removed since is told with what it was and is", () => {
  const labels = {
    ...found.containers.find(({ name }) => name === "keystone")?.labels,
    [LABEL.generation]: "2",
  };
  expect(moved(withContainer("keystone", { id: "0123456789abcdef", labels }))).toEqual([
    expect.stringMatching(
      /^container keystone: the plan saw generation 1, running, id .*; now generation 2, running, id 0123456789ab, /,
    ),
  ]);
  expect(moved(withContainer("keystone", { state: "exited" }))[0]).toMatch(/; now generation 1, exited, /);
  const gone = { ...found, containers: found.containers.filter(({ name }) => name !== "keystone") };
  expect(moved(gone)[0]).toMatch(/^container keystone: the plan saw .*; now not there$/);
});

test("a file that was edited, an image that was pulled anew and another machine under the name are told", () => {
  const path = "/etc/kolla/keystone/keystone.conf";
  const edited = { ...found.files[path], sha256: "f".repeat(64) } as ObservedHost["files"][string];
  const now: ObservedHost = {
    ...found,
    files: { ...found.files, [path]: edited },
    images: { ...found.images, "kolla/keystone:1": "sha256:other" },
    facts: { ...found.facts, nodename: "compute07" },
  };
  expect(moved(now)).toEqual([
    "machine: the plan saw control01; now compute07",
    expect.stringMatching(
      /^file \/etc\/kolla\/keystone\/keystone.conf: the plan saw .*; now .*ffffffffffff$/,
    ),
    expect.stringMatching(/^image kolla\/keystone:1: the plan saw .*; now other$/),
  ]);
});

test("a plan that was carried out finds all that it changed moved", () => {
  const after = applied(desired, hosts, plan).control01 as ObservedHost;
  const problems = movedSince(seen(found), seen(after));
  expect(problems.map(({ message }) => message.split(":")[0])).toEqual([
    "file /etc/kolla/keystone/keystone.conf",
    "container keystone",
    "generations of keystone",
    "container keystone.g1",
  ]);
  expect(problems[0]).toMatchObject({
    code: "KOLLA_SAVED_PLAN_MOVED",
    where: { host: "control01" },
    hint: "Nothing was done. Make a new plan: kolla plan --out FILE.",
  });
});
