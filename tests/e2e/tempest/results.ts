/** A smoke test that does not apply, by a line of the exclude list. */
export interface Exclusion {
  pattern: string;
  reason: string;
}

export interface Judgement {
  passed: number;
  excluded: number;
  /** Tests that did not pass, and lines of the exclude list that exclude nothing, each with why. */
  wrong: { name: string; why: string }[];
}

interface Outcome {
  state: string;
  why: string;
}

/** A line of Tempest's: worker, test or preparation of a class, seconds, what came of it, and the reason of a skip. */
const RESULT =
  /^\{\d+\} (\S+(?: \(\S+\))?)(?:\[\S*\])? (?:\[[\d.]+s\] )?\.\.\. (ok|FAILED|SKIPPED)(?:: (.*))?$/;
/** Of a traceback, what follows the last place in a file and the code there: the exception and its words. */
const EXCEPTION = /^[\s\S]*\n\s*File ".*\n(?:.*\S.*\n)*\s*\n/;
const WHY_LINES = 6;

/** Lines of an exclude list. Throws on one without a reason. */
export function parseExclusions(text: string): Exclusion[] {
  return text
    .split("\n")
    .filter((line) => line.trim() && !line.startsWith("#"))
    .map((line) => {
      const [pattern = "", reason = ""] = line.split(/\s+#\s*/);
      if (!reason) throw new Error(`excluded without a reason: ${line}`);
      return { pattern, reason };
    });
}

/**
 * Judges what Tempest printed against all the tests that there are: what is not excluded must have passed. A test that
 * was skipped, whose class could not be prepared or cleaned up, or that is not told of at all, has not.
 */
export function judge(
  listed: readonly string[],
  exclusions: readonly Exclusion[],
  printed: string,
): Judgement {
  const outcomes = outcomesIn(printed);
  const excludes = ({ pattern }: Exclusion, test: string): boolean => new RegExp(pattern).test(test);
  const wanted = listed.filter((test) => !exclusions.some((line) => excludes(line, test)));
  const of = (test: string): Outcome | undefined => outcomes.get(classOf(test)) ?? outcomes.get(test);
  const failed = wanted.filter((test) => of(test)?.state !== "ok");
  const idle = exclusions.filter((line) => !listed.some((test) => excludes(line, test)));
  return {
    passed: wanted.length - failed.length,
    excluded: listed.length - wanted.length,
    wrong: [
      ...failed.map((name) => ({ name, why: told(of(name)) })),
      ...idle.map(({ pattern }) => ({ name: pattern, why: "this line of exclude.txt excludes no test" })),
    ],
  };
}

const classOf = (test: string): string => test.slice(0, test.lastIndexOf("."));

const told = (outcome: Outcome | undefined): string =>
  outcome ? `${outcome.state}: ${outcome.why}` : "Tempest did not run it";

function outcomesIn(printed: string): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  let section = "";
  let last: Outcome | undefined;
  for (const line of printed.split("\n")) {
    const [, name = "", state = "", why = ""] = RESULT.exec(line) ?? [];
    if (name) {
      last = { state, why };
      outcomes.set(/\((\S+)\)/.exec(name)?.[1] ?? name, last);
    } else if (/^={3}/.test(line)) last = undefined;
    else if (/^Captured /.test(line)) section = line;
    else if (last?.state === "FAILED" && /traceback/.test(section)) last.why += `${line}\n`;
  }
  for (const outcome of outcomes.values()) if (outcome.state === "FAILED") outcome.why = wordsOf(outcome.why);
  return outcomes;
}

function wordsOf(traceback: string): string {
  const lines = traceback.replace(EXCEPTION, "").split("\n");
  return lines
    .map((line) => line.trim())
    .filter(Boolean)
    .slice(0, WHY_LINES)
    .join("\n    ");
}
