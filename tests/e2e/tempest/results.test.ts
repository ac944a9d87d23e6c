import { expect, test } from "vitest";
import { judge, parseExclusions } from "./results.ts";

const LISTED = [
  "tempest.api.compute.test_a.ATest.test_one",
  "tempest.api.compute.test_a.ATest.test_two",
  "tempest.api.network.test_b.BTest.test_three",
  "tempest.api.volume.test_c.CTest.test_four",
];

const VOLUME = parseExclusions("# a comment\n\n^tempest\\.api\\.volume\\.  # there is no Cinder\n");

const PRINTED = `{0} tempest.api.compute.test_a.ATest.test_one [1.250000s] ... ok
{1} tempest.api.compute.test_a.ATest.test_two [0.500000s] ... ok
{1} tempest.api.network.test_b.BTest.test_three [2.000000s] ... ok

======
Totals
======
Ran: 3 tests in 14.0000 sec.
`;

test("what is not excluded and passed is counted", () => {
  expect(judge(LISTED, VOLUME, PRINTED)).toEqual({ passed: 3, excluded: 1, wrong: [] });
});

test("a failure is told with the exception's words, without the places in files and without the log", () => {
  const printed = PRINTED.replace(
    "[2.000000s] ... ok\n",
    `[2.000000s] ... FAILED

Captured traceback:
~~~~~~~~~~~~~~~~~~~
    Traceback (most recent call last):

      File "/x/tempest/test.py", line 185, in setUpClass
    raise value

      File "/x/tempest/base.py", line 75, in ask
    found = ask(
            ^^^^

    tempest.lib.exceptions.TimeoutException: Request timed out
Details: (BTest:test_three) Server 12 failed to reach ACTIVE status

Captured pythonlogging:
~~~~~~~~~~~~~~~~~~~~~~~
    2026-11-25 18:00:00,000 INFO [tempest] Request (BTest:test_three): 200 GET
`,
  );
  expect(judge(LISTED, VOLUME, printed).wrong).toEqual([
    {
      name: "tempest.api.network.test_b.BTest.test_three",
      why: `FAILED: tempest.lib.exceptions.TimeoutException: Request timed out
    Details: (BTest:test_three) Server 12 failed to reach ACTIVE status`,
    },
  ]);
});

test("a test that was skipped, alone or with its class, has not passed", () => {
  const printed = `{0} setUpClass (tempest.api.compute.test_a.ATest) ... SKIPPED: Volume service not enabled.
{1} tempest.api.network.test_b.BTest.test_three ... SKIPPED: Only owner network supports it
`;
  expect(judge(LISTED, VOLUME, printed)).toMatchObject({
    passed: 0,
    wrong: [
      { name: LISTED[0], why: "SKIPPED: Volume service not enabled." },
      { name: LISTED[1], why: "SKIPPED: Volume service not enabled." },
      { name: LISTED[2], why: "SKIPPED: Only owner network supports it" },
    ],
  });
});

test("a test that passed although its class could not be cleaned up has not passed", () => {
  const printed = `${PRINTED}{0} tearDownClass (tempest.api.compute.test_a.ATest) [0.000000s] ... FAILED
`;
  expect(judge(LISTED, VOLUME, printed).wrong.map(({ name }) => name)).toEqual([LISTED[0], LISTED[1]]);
});

test("a test that Tempest does not tell of has not passed", () => {
  expect(judge(LISTED, VOLUME, "Failed to import test module\n").wrong).toHaveLength(3);
});

test("an exclusion wants a reason and a test that it excludes", () => {
  expect(() => parseExclusions("^tempest\n")).toThrow(/without a reason/);
  const idle = [...VOLUME, { pattern: "^tempest\\.nothing", reason: "gone" }];
  expect(judge(LISTED, idle, PRINTED).wrong).toEqual([
    { name: "^tempest\\.nothing", why: "this line of exclude.txt excludes no test" },
  ]);
});
