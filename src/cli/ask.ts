import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { Secret } from "#model";
import { KollaError } from "#support";

/** Asks on the terminal without showing what is typed. */
export async function askSecret(question: string): Promise<Secret> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return new Secret(await terminal.question(""));
  } finally {
    terminal.close();
    process.stderr.write("\n");
  }
}

/** Throws KOLLA_USAGE_ASK where --ask has nobody to ask. To be called before anything is looked at. */
export function refuseToAskNobody({
  ask,
  yes,
  json,
}: {
  ask?: boolean;
  yes?: boolean;
  json?: boolean;
}): void {
  if (!ask || yes) return;
  if (process.stdin.isTTY && process.stderr.isTTY && !json) return;
  throw new KollaError({
    code: "KOLLA_USAGE_ASK",
    message: json ? "--ask and --json exclude each other." : "--ask has no terminal to ask on.",
    hint: "Without somebody to ask: kolla plan --out FILE, have it read, then kolla apply FILE.",
  });
}

/** Asks whether to go on, on the terminal; only the whole word is a yes. Throws KOLLA_RUN_DECLINED for anything else. */
export async function askToGoOn({ ask, yes }: { ask?: boolean; yes?: boolean }): Promise<void> {
  if (!ask || yes) return;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-C and Ctrl-D leave a question open for ever.
  const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
  terminal.once("SIGINT", () => terminal.close());
  try {
    const answer = await Promise.race([terminal.question("Do exactly this? Only yes does it: "), closed]);
    if (answer.trim().toLowerCase() === "yes") return;
  } finally {
    terminal.close();
  }
  throw new KollaError({ code: "KOLLA_RUN_DECLINED", message: "The answer was not yes: nothing was done." });
}
