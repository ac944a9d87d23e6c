import { defineConfig } from "vitest/config";

/** One file after another, one test after another: they share the one machine. The first failure ends a file. */
export default defineConfig({
  test: {
    include: ["tests/e2e/**/*.test.ts"],
    fileParallelism: false,
    sequence: { concurrent: false },
    testTimeout: 45 * 60_000,
    hookTimeout: 10 * 60_000,
  },
});
