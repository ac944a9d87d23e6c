import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "src/**/*.test.ts",
      "services/**/*.test.ts",
      "docker/**/*.test.ts",
      "tests/{audit,golden,property}/**/*.test.ts",
    ],
    testTimeout: 60_000,
  },
});
