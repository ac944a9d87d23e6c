import { rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Bundle, ContainerItem, Desired, FileItem, Item } from "#model";
import { apply } from "../../src/agent/apply.ts";
import type { Ground } from "../../src/agent/ground.ts";
import { observe } from "../../src/agent/observe.ts";
import { afterStep } from "../../src/plan/model-host.ts";
import { configuration, job, planFor, STORE, siteOf, WEB, web } from "./agent-world.ts";
import { essence } from "./essence.ts";
import { hostOfEachTest } from "./host-of-each-test.ts";
import { bundleBack, recordsOf } from "./rollback-world.ts";
import { engineAnswers } from "./world.ts";

const there = await engineAnswers();

/** Sites that one host goes through, one after the other; each run of this test goes another way. */
const SITES = process.env.KOLLA_TEST_ALL === "yes" ? 60 : 10;
const SEED = Number(process.env.KOLLA_TEST_SEED ?? Date.now() % 1_000_000);

interface Shape {
  /** What the two containers have in their files, and which of their commands they run; null: there is none. */
  containers: readonly ({ content: string; more: boolean; seconds: number } | null)[];
  hasJob: boolean;
  /** After which part of its steps the run is cut off; 1: it is not. */
  cut: number;
}

const shape: fc.Arbitrary<Shape> = fc.record({
  containers: fc.tuple(
    ...[WEB, STORE].map(() =>
      fc.option(
        fc.record({
          content: fc.constantFrom("x", "y", "z"),
          more: fc.boolean(),
          seconds: fc.constantFrom(600, 700),
        }),
        { freq: 4 },
      ),
    ),
  ),
  hasJob: fc.boolean(),
  cut: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 0.99, noNaN: true })),
});

function desiredOf(ground: Ground, { containers, hasJob }: Shape): Desired {
  const due = hasJob ? [job("true")] : [];
  const items = containers.flatMap((wanted, index): Item[] => {
    if (!wanted) return [];
    const name = index === 0 ? WEB : STORE;
    const files: FileItem[] = [
      configuration(wanted.content, "own.conf", name),
      ...(wanted.more ? [configuration("more", "more.conf", name)] : []),
    ];
    const made: ContainerItem = web(ground, files, {
      name,
      health: "test -s /config/own.conf",
      run: `trap 'exit 0' TERM; sleep ${wanted.seconds} & wait`,
      needs: due.map(({ id }) => `kt-host|${id}`),
    });
    return [...files, made];
  });
  return siteOf([...due, ...items]);
}

/** What serves on the host, but for the numbers of generations: each container with its definition and its files. */
async function serving(ground: Ground): Promise<unknown> {
  const { containers } = await observe(ground);
  const own = containers.filter(({ name }) => !/\.(g\d+|new)$/.test(name));
  const found = own.map(async ({ name, state, labels }) => {
    const look = ["sh", "-c", "cat /config/*"];
    const { stdout } = await ground.engine.exec(name, look);
    return { name, state, spec: labels.kolla_spec, files: labels.kolla_files, stdout };
  });
  return (await Promise.all(found)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A run of which only the first steps come to pass, and that nobody ends. */
async function cutOff(ground: Ground, bundle: Bundle, part: number): Promise<void> {
  const steps = bundle.steps.slice(0, Math.ceil(bundle.steps.length * part));
  await apply(ground, { ...bundle, stages: 2, steps }, 1);
  rmSync(join(ground.root, "var/lib/kolla-agent/lock.json"));
}

async function wholly(ground: Ground, bundle: Bundle, desired: Desired): Promise<void> {
  const before = await observe(ground);
  const items = desired.hosts[0]?.items ?? [];
  const modelled = bundle.steps.reduce(
    (seen, step) => afterStep(seen, step, items, (reference) => `image of ${reference}`),
    before,
  );
  expect(await apply(ground, bundle, 1)).toBe(0);
  expect(essence(await observe(ground))).toEqual(essence(modelled));
  const { plan } = await planFor(ground, desired, undefined, { remove: true });
  expect(plan.steps).toEqual([]);
}

describe.skipIf(!there)(`random plans through the real agent, seed ${SEED}`, () => {
  const host = hostOfEachTest();

  test(
    "leave what the model says, and after any part of one a rollback gives what was",
    async () => {
      const { ground } = host;
      for (const [index, next] of fc.sample(shape, { numRuns: SITES, seed: SEED }).entries()) {
        const desired = desiredOf(ground, next);
        const { bundle } = await planFor(ground, desired, undefined, { remove: true });
        if (!bundle) continue;
        const { now } = await recordsOf(ground);
        if (next.cut === 1 || now === undefined) {
          await wholly(ground, bundle, desired);
          continue;
        }
        const before = await serving(ground);
        const counted = (await observe(ground)).journal.generations;
        await cutOff(ground, bundle, next.cut);
        const back = await bundleBack(ground, { names: [], to: now.run });
        if (back) expect(await apply(ground, back, 1)).toBe(0);
        expect([index, next, await serving(ground)]).toEqual([index, next, before]);
        for (const [name, count] of Object.entries(counted))
          expect((await observe(ground)).journal.generations[name]).toBeGreaterThanOrEqual(count);
      }
    },
    SITES * 15_000,
  );
});
