import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { Bundle, HostRecords, ObservedHost, SetProbe } from "#model";
import { formatError, KollaError } from "#support";
import { connect } from "../engine/index.ts";
import { apply, endRun } from "./apply.ts";
import { type DestroyInput, destroy } from "./destroy.ts";
import { lastLines } from "./evidence.ts";
import { type FetchInput, fetchImages } from "./fetch-images.ts";
import type { Ground } from "./ground.ts";
import { observe } from "./observe.ts";
import { type PastInput, tellPast } from "./past.ts";
import { runProbes } from "./probes.ts";
import { readFiles } from "./read-files.ts";
import { type RecordsInput, tellRecords } from "./records.ts";

/** A verb: what it answers is printed as one JSON document; undefined for none. */
type Verb = (ground: Ground, args: readonly string[]) => Promise<unknown>;

const USAGE =
  "agent observe [--records QUESTION] [KERNEL_MODULE…] | apply BUNDLE --stage N | end BUNDLE | status FILE | logs FILE | files FILE | past FILE | fetch FILE | destroy FILE";

const VERBS: Readonly<Record<string, Verb>> = {
  observe: look,
  apply: applyStage,
  end: (ground, [file]) => endRun(ground, input<Bundle>(file)),
  status: (ground, [file]) => runProbes(ground, input<{ probes: SetProbe[] }>(file).probes),
  logs: (ground, [file]) => {
    const { container, lines } = input<{ container: string; lines?: number }>(file);
    return lastLines(ground, container, lines);
  },
  files: async (ground, [file]) => readFiles(ground, input<{ paths: string[] }>(file).paths),
  past: (ground, [file]) => tellPast(ground, input<PastInput>(file)),
  fetch: (ground, [file]) => fetchImages(ground, input<FetchInput>(file)),
  destroy: (ground, [file]) => destroy(ground, input<DestroyInput>(file)),
};

/** With a question about its past, a JSON document, the host answers what it remembers as a part of what it is. */
async function look(
  ground: Ground,
  args: readonly string[],
): Promise<ObservedHost & { records?: HostRecords }> {
  const [flag, question = "{}", ...kernelModules] = args;
  if (flag !== "--records") return observe(ground, args);
  const seen = await observe(ground, kernelModules);
  return { ...seen, records: await tellRecords(ground, JSON.parse(question) as RecordsInput) };
}

/** SIGTERM asks for a stop at the next step boundary. */
async function applyStage(ground: Ground, args: readonly string[]): Promise<undefined> {
  const [file, flag, number] = args;
  const stage = Number(flag?.startsWith("--stage=") ? flag.slice("--stage=".length) : number);
  if (!Number.isInteger(stage) || !flag?.startsWith("--stage")) throw usage("apply needs --stage N");
  const stopping = new AbortController();
  process.once("SIGTERM", () => stopping.abort());
  process.exitCode = await apply(ground, input<Bundle>(file), stage, stopping.signal);
  return undefined;
}

function input<T>(file: string | undefined): T {
  if (file === undefined) throw usage("this verb needs a file");
  return JSON.parse(readFileSync(file, "utf8")) as T;
}

function usage(message: string): KollaError {
  return new KollaError({ code: "KOLLA_AGENT_USAGE", message, hint: USAGE });
}

/** Runs the verb that the arguments name. Answers go to standard output, words for people to standard error. */
async function main([name = "", ...args]: readonly string[]): Promise<void> {
  const ground: Ground = { host: process.env.KOLLA_HOST ?? hostname(), root: "/", engine: connect() };
  const verb = VERBS[name];
  try {
    if (!verb) throw usage(`there is no verb "${name}"`);
    const answer = await verb(ground, args);
    if (answer !== undefined) process.stdout.write(`${JSON.stringify(answer)}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof KollaError ? formatError(error) : (error as Error).stack}\n`);
    process.exitCode = name === "apply" ? 20 : 1;
  }
}

await main(process.argv.slice(2));
