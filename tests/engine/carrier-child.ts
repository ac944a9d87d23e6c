import { readFileSync } from "node:fs";
import type { Bundle } from "#model";
import { formatError, KollaError } from "#support";
import { applyBundles } from "../../src/ansible/index.ts";
import { independent, settingsFor } from "./operator-world.ts";

/**
 * Carries one bundle through Ansible in a process of its own: `node carrier-child.js WORLD BUNDLE`. Prints each event
 * and at last the outcome, a JSON document a line. It is run among the mounts of a test's own engine.
 */
const [world = "", file = "", root = ""] = process.argv.slice(2);
const say = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);
try {
  const bundle = JSON.parse(readFileSync(file, "utf8")) as Bundle;
  say(await applyBundles(settingsFor(world, { root }), [bundle], independent([bundle], bundle.stages), say));
} catch (error) {
  say({ thrown: error instanceof KollaError ? formatError(error) : String((error as Error).stack) });
}
