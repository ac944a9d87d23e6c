// Adds up what the checks and the test runners counted, tells once more what failed and how long each layer took, and
// prints the closing line.
// Exit code 1 when anything failed or did not run.
//   node summary.mjs DIRECTORY REPORT...    the reports that the runners were told to write there
import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

const MESSAGE_LINES = 40;
const root = resolve(import.meta.dirname, "..");

const [directory, ...reports] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${line}\n`);
const total = { passed: 0, skipped: 0 };
/** What failed, and why. It is told last: whoever sees only the end of a long log sees it. */
const failures = [];

/** Layer → its tests and seconds of work; files of a layer that run side by side are added up. */
const layers = new Map();

function addTime(layer, tests, seconds) {
  const before = layers.get(layer) ?? { tests: 0, seconds: 0 };
  layers.set(layer, { tests: before.tests + tests, seconds: before.seconds + seconds });
}

/** "src/plan/plan.test.ts" → "src", "tests/golden/…" → "golden". */
function layerOf(file) {
  const [first, second] = relative(root, file).split("/");
  return first === "tests" ? second : first;
}

const shortened = (text) => text.trim().split("\n").slice(0, MESSAGE_LINES).join("\n");

function addChecks() {
  for (const line of readFileSync(join(directory, "checks"), "utf8").trim().split("\n")) {
    const [outcome, seconds, name] = line.split("\t");
    addTime(name, 1, Number(seconds));
    if (outcome === "pass") total.passed++;
    else failures.push({ name, why: "see above" });
  }
}

function addFile(file) {
  addTime(layerOf(file.name), file.assertionResults.length, (file.endTime - file.startTime) / 1000);
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
say("\nlayer                                       tests  seconds");
for (const [layer, { tests, seconds }] of layers)
  say(`${layer.padEnd(42)} ${String(tests).padStart(6)} ${seconds.toFixed(0).padStart(8)}`);
say("");
for (const { name, why } of failures) say(`FAILED: ${name}\n${shortened(why)}`);
say(`${total.passed} passed, ${failures.length} failed, ${total.skipped} skipped`);
process.exitCode = failures.length > 0 ? 1 : 0;
