import fc from "fast-check";
import { expect, test } from "vitest";
import type { BatchSize, ContainerItem, Item, ObservedHost, Step } from "#model";
import { deployed, type Hosts } from "../../src/plan/deployed.fixture.ts";
import { makePlan } from "../../src/plan/index.ts";
import { bareHost, container, site } from "../../src/plan/site.fixture.ts";

/** A member of a quorum before a run, and what the run is to make of it. */
interface Member {
  found: "serves" | "stopped" | "lost";
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
      found: fc.constantFrom("serves" as const, "serves" as const, "stopped" as const, "lost" as const),
      wanted: fc.constantFrom("same" as const, "changed" as const, "changed" as const, "gone" as const),
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
    return state === "stopped" ? [{ ...each, state: "exited" as const }] : [];
  });
  return { ...host, containers };
}

const isOfQuorum = (step: Step): boolean =>
  (step.kind === "container" && step.name === "db") || (step.kind === "gate" && step.container === "db");

const interrupts = (step: Step): boolean =>
  step.kind === "container" && ["replace", "reload", "stop", "remove"].includes(step.verb);

test("no quorum loses its majority through a plan: one member goes at a time, when all others serve", () => {
  fc.assert(
    fc.property(shape, ({ members, verb, serial }) => {
      const before = siteOf(members, () => 1);
      const whole = deployed(before);
      const there: Hosts = Object.fromEntries(
        members.map((each, at) => [hostOf(at), found(whole[hostOf(at)] ?? bareHost(hostOf(at)), each)]),
      );
      const images = { same: 1, changed: 2, gone: undefined };
      const after = {
        ...siteOf(members, ({ wanted }) => images[wanted]),
        limits: { serial, maxFailPercentage: 100 },
      };
      const steps = makePlan(after, there, { verb, remove: true }).steps.filter(isOfQuorum);
      for (const gone of steps.filter(interrupts)) {
        const others = steps.filter(({ host }) => host !== gone.host);
        expect(others.filter(({ stage }) => stage === gone.stage)).toEqual([]);
        const late = others.filter((step) => step.stage > gone.stage && bringsUp(steps, step));
        expect(late).toEqual([]);
      }
    }),
  );
});

/** Whether a step is of a member that did not serve when the run began. */
function bringsUp(steps: readonly Step[], { host }: Step): boolean {
  return !steps.some((step) => step.host === host && interrupts(step));
}
