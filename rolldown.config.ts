import { defineConfig } from "rolldown";

/** Each entry becomes one self-contained file: the command, the agent that runs on hosts, and the developers' tools. */
export default defineConfig(
  ["cli/kolla", "agent/agent", "cli/generate", "cli/bench/bench"].map((entry) => ({
    input: `src/${entry}.ts`,
    platform: "node" as const,
    output: { file: `dist/${entry.split("/").at(-1)}.js`, format: "esm" as const, codeSplitting: false },
  })),
);
