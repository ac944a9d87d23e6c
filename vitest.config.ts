import { defineConfig } from "vitest/config";
import { shellAsText } from "./shell-text.ts";

export default defineConfig({
  plugins: [shellAsText],
  test: {
    // A snapshot is written when it is asked for with --update, never by itself.
    update: "none",
    include: [
      "{src,dev}/**/*.test.ts",
      "services/**/*.test.ts",
      "docker/**/*.test.ts",
      "tests/{audit,golden,property}/**/*.test.ts",
      "tests/e2e/tempest/*.test.ts",
    ],
    testTimeout: 60_000,
  },
});
