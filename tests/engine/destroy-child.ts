import { readFileSync } from "node:fs";
import { type DestroyInput, destroy } from "../../src/agent/destroy.ts";
import { connect } from "../../src/engine/index.ts";
import { HOST, ownPart } from "./agent-world.ts";

/** The agent's verb in a process of its own, to be run among other mounts than the host's: `node destroy-child.js ROOT FILE`. */
const [root = "", file = ""] = process.argv.slice(2);
const input = JSON.parse(readFileSync(file, "utf8")) as DestroyInput;
process.stdout.write(JSON.stringify(await destroy({ host: HOST, root, engine: ownPart(connect()) }, input)));
