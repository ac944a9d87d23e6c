import { test } from "vitest";

/** What takes long runs with `tools/test --all`, and is counted as skipped else. */
export const slow = test.skipIf(process.env.KOLLA_TEST_ALL === undefined);
