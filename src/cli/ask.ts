import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { Secret } from "#model";

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
