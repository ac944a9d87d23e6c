import { test } from "vitest";

const all = process.env.KOLLA_TEST_ALL !== undefined;
/** Days since 1970, in UTC. */
const today = Math.floor(Date.now() / 86_400_000);

/** What takes long runs with `tools/test --all`, and is counted as skipped else. */
export const slow = test.skipIf(!all);

/** What takes minutes runs every second day, those of even number, and with `tools/test --all`; counted as skipped else. */
export const everySecondDay = test.skipIf(!all && today % 2 === 1);
