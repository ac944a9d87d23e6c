// Adds up what the checks and the test runners counted, tells once more what failed, and prints the closing line.
// Exit code 1 when anything failed or did not run.
//   node summary.mjs DIRECTORY REPORT...    the reports that the runners were told to write there
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const MESSAGE_LINES = 40;

const [directory, ...reports] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${line}\n`);
const total = { passed: 0, skipped: 0 };
/** What failed, and why. It is told last: whoever sees only the end of a long log sees it. */
const failures = [];

const shortened = (text) => text.trim().split("\n").slice(0, MESSAGE_LINES).join("\n");

function addChecks() {
  for (const line of readFileSync(join(directory, "checks"), "utf8").trim().split("\n")) {
    if (line === "pass") total.passed++;
    else failures.push({ name: line.replace(/^fail: /, ""), why: "see above" });
  }
}

function addFile(file) {
  const failed = file.assertionResults.filter(({ status }) => status === "failed");
  for (const each of failed) {
    failures.push({ name: `${file.name}: ${each.fullName}`, why: each.failureMessages.join("\n") });
  }
  // A file that does not load, or whose preparation fails, has no test that failed.
  if (file.status === "failed" && failed.length === 0) failures.push({ name: file.name, why: file.message });
  for (const each of file.assertionResults) {
    if (each.status === "passed") total.passed++;
    else if (each.status !== "failed") {
      total.skipped++;
      say(`SKIPPED: ${each.fullName}`);
    }
  }
}

function addReport(name) {
  const path = join(directory, name);
  if (!existsSync(path)) failures.push({ name, why: "the test runner wrote no report" });
  else for (const file of JSON.parse(readFileSync(path, "utf8")).testResults) addFile(file);
}

addChecks();
reports.forEach(addReport);
for (const { name, why } of failures) say(`FAILED: ${name}\n${shortened(why)}`);
say(`${total.passed} passed, ${failures.length} failed, ${total.skipped} skipped`);
process.exitCode = failures.length > 0 ? 1 : 0;
