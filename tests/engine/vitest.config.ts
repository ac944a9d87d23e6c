import { defineConfig } from "vitest/config";
import { shellAsText } from "../../shell-text.ts";

/** One file after another: they share the machine's one engine, and the agent's place on it. */
export default defineConfig({
  plugins: [shellAsText],
  test: {
    // A snapshot is written when it is asked for with --update, never by itself.
    update: "none",
    include: ["tests/{engine,corpus}/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 5 * 60_000,
    hookTimeout: 5 * 60_000,
  },
});
