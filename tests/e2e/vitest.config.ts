import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { shellAsText } from "../../shell-text.ts";

const FIRST = "main-job.test.ts";

/** The main job comes first: what breaks it breaks the others too. */
class MainJobFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): string => (moduleId.endsWith(FIRST) ? "" : moduleId);
    return files.toSorted((a, b) => rank(a).localeCompare(rank(b)));
  }
}

/** One file after another, one test after another: they share the one machine. */
export default defineConfig({
  plugins: [shellAsText],
  test: {
    // A snapshot is written when it is asked for with --update, never by itself.
    update: "none",
    include: ["tests/e2e/*.test.ts"],
    fileParallelism: false,
    sequence: { concurrent: false, sequencer: MainJobFirst },
    testTimeout: 45 * 60_000,
    hookTimeout: 10 * 60_000,
  },
});
