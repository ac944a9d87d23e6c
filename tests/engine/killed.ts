import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "rolldown";
import { afterAll, expect } from "vitest";
import type { Desired } from "#model";
import type { Ground } from "../../src/agent/ground.ts";
import { MARK, planFor } from "./agent-world.ts";

let child: string | undefined;

afterAll(() => {
  if (child !== undefined) rmSync(dirname(child), { recursive: true, force: true });
});

/** Applies in a process of its own that dies after so many calls; true when it died. */
export async function killedAfter(ground: Ground, desired: Desired, calls: number): Promise<boolean> {
  child ??= await bundledChild();
  const { bundle } = await planFor(ground, desired);
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

async function bundledChild(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "kt-agent-child-"));
  const file = join(directory, "child.mjs");
  await build({
    input: "tests/engine/agent-child.ts",
    platform: "node",
    output: { file, format: "esm", codeSplitting: false },
    logLevel: "silent",
  });
  return file;
}
