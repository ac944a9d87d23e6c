import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Case, type Outcome, render } from "../corpus/jinja/replay.ts";
import { templates } from "./jinja-templates.ts";

/** Fixed, so that a run says the same every time; JINJA_RUNS and JINJA_SEED widen the search by hand. */
const RUNS = Number(process.env.JINJA_RUNS ?? 500);
const SEED = Number(process.env.JINJA_SEED ?? 20251);

type Answer = Outcome & { message?: string };

/** Python's Jinja2 in a child that answers one line for each line; undefined when it cannot be had. */
async function startPython(): Promise<{ ask(given: Case): Promise<Answer>; stop(): void } | undefined> {
  const script = fileURLToPath(new URL("../corpus/jinja/record.py", import.meta.url));
  const child = spawn(process.env.KOLLA_PYTHON ?? "python3", [script, "--serve"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = new Promise<undefined>((resolve) => {
    child.once("error", () => resolve(undefined));
    child.stdin.on("error", () => resolve(undefined));
  });
  const ask = async (given: Case): Promise<Answer | undefined> => {
    child.stdin.write(`${JSON.stringify(given)}\n`);
    const answer = await Promise.race([lines.next(), failed]);
    return answer?.done === false ? (JSON.parse(answer.value) as Answer) : undefined;
  };
  if ((await ask({ template: "{{ 6 * 7 }}" }))?.expected !== "42") return undefined;
  return {
    ask: async (given) => (await ask(given)) ?? expect.fail("python3 ended in the middle"),
    stop: () => child.kill(),
  };
}

test("any template renders as Python's Jinja2 renders it", { timeout: 60_000 }, async (context) => {
  const python = await startPython();
  if (!python) return context.skip("python3 cannot import jinja2: the two engines were NOT compared");
  const agrees = fc.asyncProperty(templates, async (given) => {
    const { expected, error, message = "" } = await python.ask(given);
    fc.pre(!/ at 0x[0-9a-f]+>/.test(expected ?? "")); // an address of Python's memory was printed
    const ours = render(given);
    // Where Python's own functions trip over an undefined value it says TypeError; we say what is undefined.
    const clearer = message.includes("Undefined") && ours.error === "KOLLA_TEMPLATE_UNDEFINED";
    expect(clearer ? { error } : ours).toEqual(expected === undefined ? { error } : { expected });
  });
  try {
    await fc.assert(agrees, { numRuns: RUNS, seed: SEED });
  } finally {
    python.stop();
  }
});
