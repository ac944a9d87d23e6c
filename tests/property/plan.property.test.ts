import fc from "fast-check";
import { expect, test } from "vitest";
import type { Desired, Item, Plan } from "#model";
import { applied, deploy, type Hosts, serving } from "../../src/plan/deployed.fixture.ts";
import { makePlan } from "../../src/plan/index.ts";
import { bareHost, container, file, job, site } from "../../src/plan/site.fixture.ts";

const HOSTS = ["h1", "h2", "h3"] as const;
const SERVICES = ["a", "b", "c", "d"] as const;

interface Shape {
  /** Service → hosts that run it, version of its image, content of its file, whether it has a job and takes up files as it runs. */
  services: {
    on: string[];
    image: number;
    content: string;
    hasJob: boolean;
    reloads: boolean;
    needs: number[];
  }[];
}

const shape: fc.Arbitrary<Shape> = fc.record({
  services: fc.array(
    fc.record({
      on: fc.subarray([...HOSTS]),
      image: fc.integer({ min: 1, max: 3 }),
      content: fc.constantFrom("x", "y", "z"),
      hasJob: fc.boolean(),
      reloads: fc.boolean(),
      needs: fc.subarray([0, 1, 2, 3]),
    }),
    { minLength: SERVICES.length, maxLength: SERVICES.length },
  ),
});

/** A service needs only those before it, so that there is no cycle. */
function siteOf({ services }: Shape): Desired {
  const itemsOn = (host: string): Item[] =>
    services.flatMap((service, index) => {
      const name = SERVICES[index] ?? "";
      if (!service.on.includes(host)) return [];
      const needs = service.needs
        .filter((other) => other < index)
        .flatMap((other) =>
          (services[other]?.on ?? []).map((there) => `${there}|container:${SERVICES[other]}`),
        );
      const files = [file(name, `${name}.conf`, service.content)];
      const due = service.hasJob ? [job(name, "bootstrap", needs)] : [];
      const after = [...needs, ...due.map(({ id }) => `${host}|${id}`)];
      const made = container(name, files, after, { image: `kolla/${name}:${service.image}` });
      return [...files, ...due, { ...made, ...(service.reloads && { reload: [["reload"]] }) }];
    });
  return site(Object.fromEntries(HOSTS.map((host) => [host, itemsOn(host)])));
}

const bare = (): Hosts => Object.fromEntries(HOSTS.map((host) => [host, bareHost(host)]));
/** What is no longer wanted goes too, so that hosts are told apart by what is wanted alone. */
const whole = { ...deploy, remove: true };
const deployed = (desired: Desired, hosts: Hosts): Hosts =>
  applied(desired, hosts, makePlan(desired, hosts, whole));

test("a host that was brought to what is wanted plans to nothing, whatever it had before", () => {
  fc.assert(
    fc.property(shape, shape, (before, after) => {
      const there = deployed(siteOf(before), bare());
      const desired = siteOf(after);
      expect(makePlan(desired, deployed(desired, there), whole).steps).toEqual([]);
    }),
  );
});

test("a plan that is cut off after any step converges with the next plan", () => {
  fc.assert(
    fc.property(shape, shape, fc.nat(), (before, after, cut) => {
      const there = deployed(siteOf(before), bare());
      const desired = siteOf(after);
      const plan = makePlan(desired, there, whole);
      const partly = applied(desired, there, plan, cut % (plan.steps.length + 1));
      const last = deployed(desired, partly);
      expect(makePlan(desired, last, whole).steps).toEqual([]);
      expect(serving(last)).toEqual(serving(applied(desired, there, plan)));
    }),
  );
});

test("steps are numbered in an order that respects needs, and a need on another host is of an earlier stage", () => {
  fc.assert(
    fc.property(shape, shape, (before, after) => {
      const { steps } = makePlan(siteOf(after), deployed(siteOf(before), bare()), whole);
      steps.forEach((step, index) => {
        expect(step.n).toBe(index + 1);
        const stages = step.needs.map((need) => {
          expect(need).toBeLessThan(step.n);
          const before = steps[need - 1];
          return (before?.stage ?? 0) + (before?.host === step.host ? 0 : 1);
        });
        const turns = steps.flatMap((other) => (isBatchBefore(other, step) ? [other.stage + 1] : []));
        expect(step.stage).toBe(Math.max(1, ...stages, ...turns));
      });
    }),
  );
});

test("all that an item needs, near or far, ended well before its first step", () => {
  fc.assert(
    fc.property(shape, shape, (before, after) => {
      const desired = siteOf(after);
      const { steps } = makePlan(desired, deployed(siteOf(before), bare()), whole);
      const gates = new Map(
        steps.flatMap((step) =>
          step.kind === "gate" ? [[`${step.host}|container:${step.container}`, step.n]] : [],
        ),
      );
      for (const step of steps) {
        if (step.kind !== "container" || step.verb === "remove") continue;
        const item = desired.hosts
          .find(({ host }) => host === step.host)
          ?.items.find(({ id }) => id === `container:${step.name}`);
        for (const need of item?.needs ?? []) {
          const gate = gates.get(need);
          if (gate !== undefined) expect(reaches(steps, step.n)).toContain(gate);
        }
      }
    }),
  );
});

test("a file is written only when all that its container waits for went well", () => {
  fc.assert(
    fc.property(shape, shape, (before, after) => {
      const desired = siteOf(after);
      const { steps } = makePlan(desired, deployed(siteOf(before), bare()), whole);
      for (const step of steps) {
        if (step.kind !== "file" || step.verb !== "write") continue;
        const name = step.path.split("/")[3];
        const reader = steps.find(
          (other) =>
            other.host === step.host &&
            ((other.kind === "container" && other.name === name) ||
              (other.kind === "job" && other.id.startsWith(`job:${name}:`))),
        );
        const gates = (reader?.needs ?? []).filter((need) => steps[need - 1]?.kind === "gate");
        for (const gate of gates) expect(reaches(steps, step.n)).toContain(gate);
        if (reader) expect(step.stage).toBe(reader.stage);
      }
    }),
  );
});

test("generations only grow", () => {
  fc.assert(
    fc.property(fc.array(shape, { minLength: 2, maxLength: 4 }), (shapes) => {
      let hosts = bare();
      const last = new Map<string, number>();
      for (const each of shapes) {
        const desired = siteOf(each);
        const plan = makePlan(desired, hosts, deploy);
        for (const step of plan.steps) {
          if (step.kind !== "container" || (step.verb !== "create" && step.verb !== "replace")) continue;
          const key = `${step.host} ${step.name}`;
          expect(step.generation).toBeGreaterThan(last.get(key) ?? 0);
          last.set(key, step.generation);
        }
        hosts = applied(desired, hosts, plan);
      }
    }),
  );
});

test("the same input gives the same plan", () => {
  fc.assert(
    fc.property(shape, (wanted) => {
      const plan = () => makePlan(siteOf(wanted), bare(), deploy);
      expect(plan()).toEqual(plan());
    }),
  );
});

function isBatchBefore({ batch: before }: Plan["steps"][number], { batch }: Plan["steps"][number]): boolean {
  return before?.container === batch?.container && before?.number === (batch?.number ?? 0) - 1;
}

function reaches(steps: Plan["steps"], from: number): Set<number> {
  const found = new Set<number>();
  const queue = [from];
  for (let n = queue.pop(); n !== undefined; n = queue.pop())
    for (const need of steps[n - 1]?.needs ?? [])
      if (!found.has(need)) {
        found.add(need);
        queue.push(need);
      }
  return found;
}
