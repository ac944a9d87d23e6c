import { readFileSync } from "node:fs";
import type { Bundle } from "#model";
import { apply } from "../../src/agent/apply.ts";
import { connect, type Engine } from "../../src/engine/index.ts";
import { HOST, ownPart } from "./agent-world.ts";

/**
 * The agent in a process of its own, which kills itself with SIGKILL right after a number of calls that change
 * something on the engine: `node agent-child.js ROOT BUNDLE CALLS`. It never gets to clean anything up.
 */
const [root = "", bundle = "", calls = "0"] = process.argv.slice(2);
let left = Number(calls);

function counted<A extends unknown[], R>(call: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  return async (...args) => {
    const result = await call(...args);
    if (--left === 0) process.kill(process.pid, "SIGKILL");
    return result;
  };
}

const real = connect();
const engine: Engine = ownPart({
  ...real,
  create: counted(real.create),
  start: counted(real.start),
  stop: counted(real.stop),
  rename: counted(real.rename),
  remove: counted(real.remove),
  exec: counted(real.exec),
});
const wanted = JSON.parse(readFileSync(bundle, "utf8")) as Bundle;
process.exitCode = await apply({ host: HOST, root, engine }, wanted, 1);
