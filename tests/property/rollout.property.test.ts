import fc from "fast-check";
import { expect, test } from "vitest";
import type { BatchSize, ContainerItem, Item, ObservedHost, Step } from "#model";
import { deployed, type Hosts } from "../../src/plan/deployed.fixture.ts";
import { makePlan } from "../../src/plan/index.ts";
import { bareHost, container, site } from "../../src/plan/site.fixture.ts";

/** A member of a quorum before a run, and what the run is to make of it. */
interface Member {
  found: "serves" | "stopped" | "lost" | "unhealthy";
  wanted: "same" | "changed" | "gone";
}

interface Shape {
  members: Member[];
  verb: "deploy" | "restart";
  serial: BatchSize[];
}

const shape: fc.Arbitrary<Shape> = fc.record({
  members: fc.array(
    fc.record({
      found: fc.constantFrom<Member["found"]>("serves", "serves", "serves", "stopped", "lost", "unhealthy"),
      wanted: fc.constantFrom<Member["wanted"]>("same", "changed", "changed", "gone"),
    }),
    { minLength: 3, maxLength: 7 },
  ),
  verb: fc.constantFrom("deploy", "restart"),
  serial: fc.constantFrom<BatchSize[]>([], [0], [2], ["50%"], [1, "100%"]),
});

const hostOf = (at: number): string => `h${at}`;

const member = (image: number): ContainerItem => ({
  ...container("db", [], [], { image: `kolla/db:${image}` }),
  rollout: "quorum",
});

/** Other containers wait for the members, as services wait for their database. */
function siteOf(members: readonly Member[], image: (each: Member) => number | undefined) {
  const refs = members.flatMap((each, at) =>
    image(each) === undefined ? [] : [`${hostOf(at)}|container:db`],
  );
  const items = (each: Member): Item[] => {
    const version = image(each);
    const api = container("api", [], refs, { image: `kolla/api:${version ?? 1}` });
    return version === undefined ? [api] : [member(version), api];
  };
  return site(Object.fromEntries(members.map((each, at) => [hostOf(at), items(each)])));
}

function found(host: ObservedHost, { found: state }: Member): ObservedHost {
  const containers = host.containers.flatMap((each) => {
    if (each.name !== "db" || state === "serves") return [each];
    if (state === "unhealthy") return [{ ...each, health: state }];
    return state === "stopped" ? [{ ...each, state: "exited" as const }] : [];
  });
  return { ...host, containers };
}

const isOfQuorum = (step: Step): boolean =>
  (step.kind === "container" && step.name === "db") || (step.kind === "gate" && step.container === "db");

const interrupts = (step: Step): boolean =>
  step.kind === "container" && ["replace", "reload", "stop", "remove"].includes(step.verb);

test("no quorum loses its majority through a plan: members take turns, and only while enough others serve", () => {
  fc.assert(
    fc.property(shape, ({ members, verb, serial }) => {
      // Where no host is to have it any more there is no quorum to keep.
      fc.pre(members.some(({ wanted }) => wanted !== "gone"));
      const whole = deployed(siteOf(members, () => 1));
      const there: Hosts = Object.fromEntries(
        members.map((each, at) => [hostOf(at), found(whole[hostOf(at)] ?? bareHost(hostOf(at)), each)]),
      );
      const images = { same: 1, changed: 2, gone: undefined };
      const wanted = siteOf(members, (each) => images[each.wanted]);
      const after = { ...wanted, limits: { serial, maxFailPercentage: 100 } };
      const steps = planned(() => makePlan(after, there, { verb, remove: true }).steps.filter(isOfQuorum));
      for (const gone of steps.filter(interrupts)) {
        expect(steps.filter(({ host, stage }) => host !== gone.host && stage === gone.stage)).toEqual([]);
        expectMajority(members, steps, gone);
      }
    }),
    { numRuns: 500 },
  );
});

/** With a member gone that served, most of the wanted ones still do, if they did before and all of them do not suffice. */
function expectMajority(members: readonly Member[], steps: readonly Step[], gone: Step): void {
  const hosts = members.flatMap(({ wanted }, at) => (wanted === "gone" ? [] : [hostOf(at)]));
  const proved = steps.flatMap((step) =>
    step.kind === "gate" && step.stage < gone.stage ? [step.host] : [],
  );
  const serving = hosts.filter((host) => proved.includes(host) || servedBefore(members, host));
  const majority = Math.floor(hosts.length / 2) + 1;
  const isLost = !serving.includes(gone.host) || serving.length < majority;
  if (!isLost && serving.length < hosts.length) expect(serving.length - 1).toBeGreaterThanOrEqual(majority);
}

function servedBefore(members: readonly Member[], host: string): boolean {
  return members.some((each, at) => hostOf(at) === host && each.found === "serves");
}

/** The steps of a plan; none where it is refused for the sake of a quorum. */
function planned(plan: () => Step[]): Step[] {
  try {
    return plan();
  } catch (error) {
    expect(error).toMatchObject({ code: "KOLLA_QUORUM" });
    return [];
  }
}
