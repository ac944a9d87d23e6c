// Adds up what the test runners counted and prints the closing line. Exit code 1 when anything failed or did not run.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [directory] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${line}\n`);
const total = { passed: 0, failed: 0, skipped: 0 };

for (const line of readFileSync(join(directory, "checks"), "utf8").trim().split("\n")) {
  if (line === "pass") total.passed++;
  else total.failed++;
}

for (const name of ["vitest.json", "engine.json", "e2e.json"]) {
  const path = join(directory, name);
  if (!existsSync(path)) continue;
  const report = JSON.parse(readFileSync(path, "utf8"));
  total.passed += report.numPassedTests;
  // A file that does not even load has no tests that could fail.
  const unloaded = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  total.failed += report.numFailedTests + unloaded.length;
  total.skipped += report.numPendingTests + report.numTodoTests;
  for (const file of report.testResults)
    for (const each of file.assertionResults)
      if (each.status === "pending" || each.status === "skipped") say(`SKIPPED: ${each.fullName}`);
}

for (const name of ["vitest.json", "engine.json"]) if (!existsSync(join(directory, name))) total.failed++;
say(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
