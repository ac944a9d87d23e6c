import { describe, expect, test } from "vitest";
import type { Desired, Item, JobItem, ObservedHost, Plan, UpgradeAct } from "#model";
import { applied, deploy, deployed, upgrade } from "./deployed.fixture.ts";
import { withFileChanges } from "./file-changes.ts";
import { formatPlan, stepNames } from "./format.ts";
import { makePlan } from "./make.ts";
import { bareHost, container, file, job, ofRelease, ordinaryService, site } from "./site.fixture.ts";

test("a plan prints what is done in columns, each step with what it waits for and its cause, and then the outage", () => {
  const keystone = (release: string, image: string, conf: string): Item[] => {
    const files = [file("keystone", "keystone.conf", conf), file("keystone", "policy.yaml", "{}\n")];
    const made = container(
      "keystone",
      files,
      ["control01|job:keystone:expand", "control01|job:keystone:bootstrap"],
      { image },
    );
    const act = (name: string, act: UpgradeAct): JobItem => {
      const own = job("keystone", name) as JobItem;
      return { ...own, spec: { ...made.spec, name }, upgrade: { act, release } };
    };
    return [...files, act("expand", "expand"), act("bootstrap", "complete"), made];
  };
  const [had, has] = ["[token]\nexpiration = 60\n", "[token]\nexpiration = 90\n[cache]\nenabled = true\n"];
  const before = site({ control01: keystone("2025.1", "r:4000/kolla/keystone:1", had) });
  const after = ofRelease("2025.2", site({ control01: keystone("2025.2", "r:4000/kolla/keystone:2", has) }));
  const path = "/etc/kolla/keystone/keystone.conf";
  const plan = withFileChanges(makePlan(after, deployed(before), upgrade), [
    { host: "control01", path, before: had, after: has },
  ]);
  expect(formatPlan(plan)).toMatchInlineSnapshot(`
    "Upgrades keystone on control01 from 2025.1 to 2025.2. The way back: kolla rollback keystone. To finish it, when it has proved itself: kolla upgrade keystone --finish.

    control01  keystone  2025.1 → 2025.2
    []   #1 image:keystone        pull      not on the host
    [1]  #2 file:keystone.conf    write     1 key changed: token.expiration; 1 key added: cache.enabled
    [2]  #3 job:keystone:expand   run-once  adds what 2025.2 needs
    [3]  #4 container:keystone    replace   image changed, release changed, keystone.conf changed      keep generation 1
    [4]  #5 gate:keystone         await     healthy within 60 s, else restore generation 1

    5 steps on 1 host in 1 stage: 1 image pulled, 1 file written, 1 job run, 1 container replaced.
    Outage expected: keystone (control01) while replaced.
    "
  `);
});

test("a first deploy pulls, writes, runs jobs, creates and awaits, each service after those it needs", () => {
  const desired = site({
    control01: [
      ...ordinaryService("mariadb"),
      ...ordinaryService("keystone", ["control01|container:mariadb"]),
    ],
  });
  const plan = makePlan(desired, { control01: bareHost("control01") }, deploy);
  expect(formatPlan(plan)).toMatchInlineSnapshot(`
    "control01  mariadb  2025.1
    []     #1 image:mariadb           pull      not on the host
    [1]    #2 file:mariadb.conf       write     new
    [1]    #3 file:policy.yaml        write     new
    [2,3]  #4 job:mariadb:bootstrap   run-once  never done here
    [4]    #5 container:mariadb       create    new
    [5]    #6 gate:mariadb            await     healthy within 60 s, else remove

    control01  keystone  2025.1
    []     #7  image:keystone           pull      not on the host
    [6,7]  #8  file:keystone.conf       write     new
    [6,7]  #9  file:policy.yaml         write     new
    [8,9]  #10 job:keystone:bootstrap   run-once  never done here
    [10]   #11 container:keystone       create    new
    [11]   #12 gate:keystone            await     healthy within 60 s, else remove

    12 steps on 1 host in 1 stage: 2 images pulled, 4 files written, 2 jobs run, 2 containers created.
    No outage expected.
    "
  `);
});

test("nothing changed gives no steps", () => {
  const desired = site({ control01: ordinaryService("keystone") });
  const plan = makePlan(desired, deployed(desired), deploy);
  expect(plan.steps).toEqual([]);
  expect(formatPlan(plan)).toBe("Nothing to do: the site is as configured.\n");
});

test("a new image under the same reference replaces the container, and runs jobs that are due with it, first", () => {
  const desired = site({ control01: ordinaryService("keystone") });
  const { control01 } = deployed(desired);
  const rebuilt = { ...(control01 as ObservedHost), images: { "kolla/keystone:1": "sha256:rebuilt" } };
  expect(formatPlan(makePlan(desired, { control01: rebuilt }, deploy))).toMatchInlineSnapshot(`
    "control01  keystone  2025.1
    []   #1 job:keystone:bootstrap   run-once  image changed
    [1]  #2 container:keystone       replace   image changed      keep generation 1
    [2]  #3 gate:keystone            await     healthy within 60 s, else restore generation 1

    3 steps on 1 host in 1 stage: 1 job run, 1 container replaced.
    Outage expected: keystone (control01) while replaced.
    "
  `);
});

test("a changed file is written before its container is replaced, and the cause names it", () => {
  const before = site({ control01: ordinaryService("keystone") });
  const files = [file("keystone", "keystone.conf", "changed"), file("keystone", "config.json", "{}")];
  const after = site({ control01: [...files, job("keystone", "bootstrap"), container("keystone", files)] });
  expect(formatPlan(makePlan(after, deployed(before), deploy))).toMatchInlineSnapshot(`
    "control01  keystone  2025.1
    []     #1 file:policy.yaml     remove   no longer wanted
    []     #2 file:keystone.conf   write    changed
    []     #3 file:config.json     write    new
    [1-3]  #4 container:keystone   replace  keystone.conf changed, config.json added, policy.yaml removed      keep generation 1
    [4]    #5 gate:keystone        await    healthy within 60 s, else restore generation 1

    5 steps on 1 host in 1 stage: 2 files written, 1 file removed, 1 container replaced.
    Outage expected: keystone (control01) while replaced.
    "
  `);
});

describe("a container that takes up files as it runs", () => {
  const reloadable = (content: string, changes: Parameters<typeof container>[3] = {}): Desired => {
    const files = [file("haproxy", "haproxy.cfg", content)];
    const made = { ...container("haproxy", files, [], changes), reload: [["reload"]] };
    return site({ control01: [...files, made] });
  };
  const before = reloadable("one");

  test("is reloaded for changed files, and runs on", () => {
    expect(formatPlan(makePlan(reloadable("two"), deployed(before), deploy))).toMatchInlineSnapshot(`
      "control01  haproxy  2025.1
      []   #1 file:haproxy.cfg    write   changed
      [1]  #2 container:haproxy   reload  haproxy.cfg changed      it runs on

      2 steps on 1 host in 1 stage: 1 file written, 1 container reloaded.
      No outage expected.
      "
    `);
  });

  const verbs = (desired: Desired, hosts: Record<string, ObservedHost>) =>
    makePlan(desired, hosts, deploy).steps.flatMap((step) => (step.kind === "container" ? [step.verb] : []));
  const seen = (changes: Partial<ObservedHost>): Record<string, ObservedHost> => ({
    control01: { ...(deployed(before).control01 as ObservedHost), ...changes },
  });

  test("is as wanted after that, whatever its label says", () => {
    const after = reloadable("two");
    expect(makePlan(after, deployed(after, deployed(before)), deploy).steps).toEqual([]);
    expect(verbs(before, deployed(after, deployed(before)))).toEqual(["reload"]);
  });

  test("is replaced when anything else about it changes too", () => {
    expect(verbs(reloadable("two", { environment: { A: "1" } }), deployed(before))).toEqual(["replace"]);
    expect(verbs(reloadable("two"), seen({ images: { "kolla/haproxy:1": "sha256:rebuilt" } }))).toEqual([
      "replace",
    ]);
  });

  test("is replaced when it does not run, or never proved healthy", () => {
    const [found] = (deployed(before).control01 as ObservedHost).containers;
    const stopped = [{ ...(found as ObservedHost["containers"][number]), state: "exited" as const }];
    const { journal } = deployed(before).control01 as ObservedHost;
    expect(verbs(reloadable("two"), seen({ containers: stopped }))).toEqual(["replace"]);
    const unproved = { ...journal, unproved: { haproxy: 1 } };
    expect(verbs(reloadable("two"), seen({ journal: unproved }))).toEqual(["replace"]);
  });
});

test("of many changed files four are named, and the others counted", () => {
  const files = (content: string) =>
    ["a", "b", "c", "d", "e", "f"].map((name) => file("haproxy", `${name}.cfg`, content));
  const sites = (content: string) =>
    site({ control01: [...files(content), container("haproxy", files(content))] });
  const { steps } = makePlan(sites("2"), deployed(sites("1")), deploy);
  expect(steps.find(({ kind }) => kind === "container")?.cause).toBe(
    "a.cfg changed, b.cfg changed, c.cfg changed, d.cfg changed, 2 more files",
  );
});

test("a changed definition names the parts that changed", () => {
  const before = site({ control01: [container("keystone")] });
  const after = site({
    control01: [container("keystone", [], [], { environment: { A: "1" }, capabilities: ["NET_ADMIN"] })],
  });
  const [step] = makePlan(after, deployed(before), deploy).steps;
  expect(step?.cause).toBe("capabilities changed, environment changed");
});

test("a container of another tool is replaced and kept as generation 0", () => {
  const desired = site({ control01: [container("keystone")] });
  const { control01 } = deployed(desired);
  const foreign = (control01 as ObservedHost).containers.map((found) => ({
    ...found,
    labels: { kolla_version: "19" },
  }));
  const there = {
    ...(control01 as ObservedHost),
    containers: foreign,
    journal: bareHost("control01").journal,
  };
  const [replace, gate] = makePlan(desired, { control01: there }, deploy).steps;
  expect(replace).toMatchObject({ verb: "replace", cause: "made by another tool", generation: 1, keeps: 0 });
  expect(gate).toMatchObject({ restores: 0 });
});

describe("a service that is switched off", () => {
  const off = site({ control01: ordinaryService("keystone") });
  const there = () =>
    deployed(site({ control01: [...ordinaryService("keystone"), ...ordinaryService("cron")] }));
  const remove = { ...deploy, remove: true };

  test("keeps its containers and their files, and the plan says so and what to type", () => {
    const plan = makePlan(off, there(), deploy);
    expect(plan.steps).toEqual([]);
    expect(plan.left).toEqual([{ host: "control01", set: ["cron", "cron-api"], name: "cron" }]);
    expect(formatPlan(plan)).toMatchInlineSnapshot(`
      "No longer wanted, and left as they are: cron: cron on control01. To take them away, add --remove to the command.

      Nothing to do: the site is as configured.
      "
    `);
  });

  test("loses its containers, then their files, where that is asked for, and the first line says it", () => {
    expect(formatPlan(makePlan(off, there(), remove))).toMatchInlineSnapshot(`
      "Takes away: cron: cron on control01; their volumes stay.

      control01  cron  2025.1
      []   #1 container:cron     remove  service disabled
      [1]  #2 file:cron.conf     remove  no longer wanted
      [1]  #3 file:policy.yaml   remove  no longer wanted

      3 steps on 1 host in 1 stage: 2 files removed, 1 container removed.
      Outage expected: cron (control01) removed.
      "
    `);
    const after = applied(off, there(), makePlan(off, there(), remove));
    expect(makePlan(off, after, deploy)).toMatchObject({ steps: [], left: [] });
  });

  test("keeps files that lie where nothing wanted reads them, until it is asked to remove", () => {
    const strays = there();
    const { control01 } = strays as { control01: ObservedHost };
    const containers = control01.containers.filter(({ name }) => name !== "cron");
    const hosts = { control01: { ...control01, containers } };
    expect(makePlan(off, hosts, deploy).steps).toEqual([]);
    expect(makePlan(off, hosts, remove).steps).toMatchObject([
      { kind: "file", verb: "remove", path: "/etc/kolla/cron/cron.conf" },
      { kind: "file", verb: "remove", path: "/etc/kolla/cron/policy.yaml" },
    ]);
  });

  test("is spoken of only by verbs that act on containers", () => {
    for (const verb of ["genconfig", "pull", "restart"]) {
      const plan = makePlan(off, there(), { verb, remove: true });
      expect(
        plan.steps.filter((step) => step.verb === "remove"),
        verb,
      ).toEqual([]);
      expect(plan.left, verb).toEqual([]);
    }
  });
});

test("hosts that left the inventory are named first, with what to type", () => {
  const desired = site({ control01: ordinaryService("keystone") });
  const plan = makePlan(desired, deployed(desired), { ...deploy, former: ["compute02", "compute03"] });
  expect(formatPlan(plan)).toMatchInlineSnapshot(`
    "No longer in the inventory, and left as they are: compute02, compute03. To take away what Kolla made there, put the hosts into the group baremetal alone and run kolla deploy --remove --limit compute02,compute03.

    Nothing to do: the site is as configured.
    "
  `);
});

test("the names of a plan's steps are found in one pass, however many they are", () => {
  const reads = (count: number): number => {
    let touched = 0;
    const step = (n: number): Plan["steps"][number] =>
      ({
        ...{
          n,
          host: `h${n % 50}`,
          set: ["nova"],
          needs: [],
          cause: "new",
          stage: 1,
          kind: "file",
          verb: "write",
        },
        get path() {
          touched += 1;
          return `/etc/kolla/c${n}/nova.conf`;
        },
        expects: null,
      }) as Plan["steps"][number];
    const steps = Array.from({ length: count }, (_, index) => step(index + 1));
    touched = 0;
    stepNames({
      from: {},
      to: {},
      verb: "deploy",
      steps,
      undoes: [],
      left: [],
      moves: [],
      finishes: [],
      former: [],
    });
    return touched;
  };
  expect(reads(4000)).toBeLessThanOrEqual(reads(400) * 10);
});

test("a stopped container is started and awaited", () => {
  const desired = site({ control01: ordinaryService("keystone") });
  const { control01 } = deployed(desired);
  const containers = (control01 as ObservedHost).containers.map((found) => ({
    ...found,
    state: "exited" as const,
  }));
  const plan = makePlan(desired, { control01: { ...(control01 as ObservedHost), containers } }, deploy);
  expect(formatPlan(plan)).toMatchInlineSnapshot(`
    "control01  keystone  2025.1
    []   #1 container:keystone   start  stopped
    [1]  #2 gate:keystone        await  healthy within 60 s

    2 steps on 1 host in 1 stage: 1 container started.
    No outage expected.
    "
  `);
});

test("a container whose gate was cut off is awaited again", () => {
  const desired = site({ control01: [container("keystone")] });
  const { control01 } = deployed(desired);
  const journal = { ...(control01 as ObservedHost).journal, unproved: { keystone: 1 } };
  const plan = makePlan(desired, { control01: { ...(control01 as ObservedHost), journal } }, deploy);
  expect(plan.steps).toMatchObject([{ kind: "gate", container: "keystone", needs: [] }]);
});

test("a container that was lost while it was swapped comes back as a new generation, or as the one before", () => {
  const desired = site({ control01: [container("keystone")] });
  const { control01 } = deployed(desired);
  const containers = (control01 as ObservedHost).containers.map((found) => ({
    ...found,
    name: "keystone.g1",
  }));
  const plan = makePlan(desired, { control01: { ...(control01 as ObservedHost), containers } }, deploy);
  expect(plan.steps).toMatchObject([
    { verb: "create", generation: 2 },
    { kind: "gate", restores: 1, cause: "healthy within 60 s, else restore generation 1" },
  ]);
});

test("a need on another host is an earlier stage, and one host alone is one stage", () => {
  const desired = site({
    control01: ordinaryService("keystone"),
    compute01: ordinaryService("nova", ["control01|container:keystone"], "compute01"),
  });
  const bare = { control01: bareHost("control01"), compute01: bareHost("compute01") };
  const { steps } = makePlan(desired, bare, deploy);
  const stagesOf = (name: string) => steps.filter((step) => step.host === name).map((step) => step.stage);
  expect(new Set(stagesOf("control01"))).toEqual(new Set([1]));
  // The image is there when it is needed; files wait with what reads them.
  expect(stagesOf("compute01")).toEqual([1, 2, 2, 2, 2, 2]);
});

test("a need that has no step is waited for through what it needs itself", () => {
  const chain = (image: string): Item[] => [
    container("a", [], [], { image }),
    container("b", [], ["control01|container:a"]),
    container("c", [], ["control01|container:b"], { image }),
  ];
  const { steps } = makePlan(
    site({ control01: chain("kolla/x:2") }),
    deployed(site({ control01: chain("kolla/x:1") })),
    deploy,
  );
  const gateOfA = steps.find((step) => step.kind === "gate" && step.container === "a");
  const replaceC = steps.find((step) => step.kind === "container" && step.name === "c");
  expect(steps.some((step) => step.kind === "container" && step.name === "b")).toBe(false);
  expect(replaceC?.needs).toEqual([gateOfA?.n]);
});
