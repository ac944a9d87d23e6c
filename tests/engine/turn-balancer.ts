import { createServer, get } from "node:http";
import { sleep } from "#support";
import { READY_FILE } from "../../src/model/index.ts";

/**
 * A load balancer's table of two members of this machine, which asks them as real ones do: `node turn-balancer.js PORT
 * PORT`. Prints its own port. `/gap`: for how many of its looks nobody wanted requests since somebody first did.
 * `/busy/N`: from now on it says that the members have so many requests.
 */
const ports = process.argv.slice(2).map(Number);
let busy = 0;
let gap = 0;
let hasServed = false;

/** What a member's check answers; undefined: nobody is there. */
function statusOf(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asked = get(
      { host: "127.0.0.1", port, path: READY_FILE, agent: false, timeout: 2000 },
      (answer) => {
        answer.resume();
        answer.on("close", () => resolve(answer.statusCode));
      },
    );
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => resolve(undefined));
  });
}

const words = (status: number | undefined): string =>
  status === 200 ? "UP" : status === undefined ? "DOWN" : "NOLB";

async function table(): Promise<string> {
  const rows = await Promise.all(
    ports.map(async (port, at) => {
      const status = words(await statusOf(port));
      return `shop,member${at},${busy},${status},checked`;
    }),
  );
  return ["# pxname,svname,scur,status,last_chk", ...rows, ""].join("\n");
}

async function watch(): Promise<void> {
  for (;;) {
    const serves = (await Promise.all(ports.map(statusOf))).includes(200);
    if (hasServed && !serves) gap++;
    hasServed ||= serves;
    await sleep(0.02);
  }
}

const server = createServer(async ({ url = "" }, answer) => {
  const asked = /^\/busy\/(\d+)$/.exec(url)?.[1];
  if (asked !== undefined) busy = Number(asked);
  answer.end(url === "/gap" ? String(gap) : await table());
  if (url === "/again") {
    gap = 0;
    hasServed = false;
  }
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" ? address?.port : ""}\n`);
});
void watch();
