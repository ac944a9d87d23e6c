import { spawnSync } from "node:child_process";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, expect } from "vitest";
import type { Bundle, Desired } from "#model";
import type { Ground } from "../../src/agent/ground.ts";
import { MARK, planFor } from "./agent-world.ts";
import { bundled } from "./bundled.ts";

let child: string | undefined;

afterAll(() => {
  if (child !== undefined) rmSync(dirname(child), { recursive: true, force: true });
});

/** Applies (a plan of its own, without a bundle) in a process that dies after so many calls; true when it died. */
export async function killedAfter(
  ground: Ground,
  desired: Desired,
  calls: number,
  given?: Bundle,
): Promise<boolean> {
  child ??= await bundled("agent-child");
  const bundle = given ?? (await planFor(ground, desired)).bundle;
  const file = join(ground.root, "bundle.json");
  writeFileSync(file, JSON.stringify(bundle), { mode: 0o600 });
  chmodSync(file, 0o600);
  const { signal, stderr } = spawnSync(process.execPath, [child, ground.root, file, String(calls)], {
    encoding: "utf8",
    timeout: 60_000,
    env: { ...process.env, KT_AGENT_MARK: MARK },
  });
  expect(stderr).toBe("");
  return signal === "SIGKILL";
}
