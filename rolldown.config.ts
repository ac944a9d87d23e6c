import { defineConfig } from "rolldown";
import { shellAsText } from "./shell-text.ts";

/** Each becomes one self-contained file: the command, the agent that runs on hosts, and the developers' tools. */
const ENTRIES = {
  kolla: "src/cli/kolla.ts",
  agent: "src/agent/agent.ts",
  generate: "src/cli/generate.ts",
  bench: "src/cli/bench/bench.ts",
  cluster: "dev/hosts/main.ts",
  scale: "tests/bench/scale.ts",
};

export default defineConfig(
  Object.entries(ENTRIES).map(([name, input]) => ({
    input,
    platform: "node" as const,
    plugins: [shellAsText],
    output: { file: `dist/${name}.js`, format: "esm" as const, codeSplitting: false },
  })),
);
