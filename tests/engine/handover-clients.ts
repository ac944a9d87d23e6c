import { sleep } from "#support";
import { ask } from "../../src/agent/http.ts";

/**
 * Clients that ask a server of this machine without pause, each with a new connection: `node handover-clients.js PORT`.
 * When its input ends they stop, and it prints how many requests were answered, and why others were not.
 */
const url = `http://127.0.0.1:${process.argv[2]}/`;
const failed: string[] = [];
let answered = 0;
let isOver = false;

async function client(): Promise<void> {
  while (!isOver) {
    try {
      await ask({ url, timeoutSeconds: 20 });
      answered++;
    } catch (error) {
      failed.push((error as Error).message);
      await sleep(0.05);
    }
  }
}

process.stdin.resume().on("end", () => {
  isOver = true;
});
await Promise.all(Array.from({ length: 4 }, client));
process.stdout.write(JSON.stringify({ answered, failed }));
