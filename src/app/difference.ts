import { structuredPatch } from "diff";
import { type Desired, type FileItem, fileBytes, type ResolvedSite, Secret, type Step } from "#model";
import { groupBy } from "#support";
import { type AnsibleSettings, type Answers, runAgentVerb } from "../ansible/index.ts";
import { type FileChange, type PhasedPlan, passOf } from "../plan/index.ts";
import { contentKept } from "./kept-copy.ts";

/** What a plan changes in files; `untold`: hosts that cannot tell what their files hold now, with the reason. */
export interface FileChanges {
  changes: readonly FileChange[];
  untold: readonly string[];
}

/**
 * What a plan changes in files, with the texts that hosts have now; where it passes several states, one change for each
 * that changes a file. Hosts are asked only for files that are there and hold what neither `told` nor this machine's copy
 * of the host's past has under its SHA-256: to ask costs a run of Ansible.
 */
export async function fileChanges(
  settings: AnsibleSettings,
  { plan, states }: PhasedPlan,
  told: (host: string, hash: string) => Uint8Array | undefined = () => undefined,
): Promise<FileChanges> {
  const steps = plan.steps.filter((step) => step.kind === "file");
  const first = new Map(steps.toReversed().map((step) => [nameOf(step), step]));
  const known = new Map(
    [...first].map(([file, { host, expects }]) => {
      const held = expects === null ? null : (told(host, expects) ?? contentKept(settings, host, expects));
      return [file, held && Buffer.from(held).toString("utf8")];
    }),
  );
  const there = groupBy(
    [...first.values()].filter((step) => known.get(nameOf(step)) === undefined),
    ({ host }) => host,
  );
  const questions = [...there].map(([host, found]) => [host, { paths: found.map(({ path }) => path) }]);
  const answers = await runAgentVerb(settings, "files", Object.fromEntries(questions), () => undefined);
  const refusals = [...there.keys()].flatMap((host) => {
    const answer = answers[host];
    if (answer && "answer" in answer) return [];
    return [{ host, words: `${host}: its files cannot be read: ${answer?.unreachable ?? "no answer"}` }];
  });
  const silent = new Set(refusals.map(({ host }) => host));
  const hosts = new Set(steps.map(({ host }) => host));
  const wanted = states.map((state) => wantedTexts(state, hosts));
  const changes = changesOf(
    steps.filter(({ host }) => !silent.has(host)),
    (step) => known.get(nameOf(step)) ?? textOf(answers[step.host], step.path),
    ({ host, path, stage }) => wanted[passOf(plan, stage)]?.get(host)?.get(path),
  );
  return { changes, untold: refusals.map(({ words }) => words) };
}

type FileStep = Extract<Step, { kind: "file" }>;

/** What tells a file from those of the same path on other hosts. */
function nameOf({ host, path }: FileStep): string {
  return `${host} ${path}`;
}

/** A later change of a file begins with what the one before leaves. */
function changesOf(
  steps: readonly FileStep[],
  now: (step: FileStep) => string | null,
  wanted: (step: FileStep) => string | undefined,
): FileChange[] {
  const left = new Map<string, string | null>();
  return steps.map((step) => {
    const { host, path, verb } = step;
    const earlier = left.get(nameOf(step));
    const before = earlier === undefined ? now(step) : earlier;
    const after = verb === "remove" ? null : (wanted(step) ?? null);
    left.set(nameOf(step), after);
    return { host, path, before, after };
  });
}

function textOf(answer: Answers[string] | undefined, path: string): string | null {
  if (!answer || "unreachable" in answer) return null;
  return (answer.answer as Record<string, string | null>)[path] ?? null;
}

/** Host → path → the text that its file is to have, of these hosts. */
function wantedTexts(desired: Desired, hosts: ReadonlySet<string>): Map<string, Map<string, string>> {
  const meant = desired.hosts.filter(({ host }) => hosts.has(host));
  return new Map(
    meant.map(({ host, items }) => [
      host,
      new Map(
        items.flatMap((item) => (item.kind === "file" ? [[item.path, asAnswered(item)] as const] : [])),
      ),
    ]),
  );
}

/** As hosts tell what their files hold: bytes that are no text become signs that stand for none. */
function asAnswered(item: FileItem): string {
  return item.encoding ? Buffer.from(fileBytes(item)).toString("utf8") : item.content;
}

/**
 * The changes as unified differences. Secrets print as ***: those that the site has, and in what a host had before
 * whatever stands where a secret would.
 */
export function formatChanges(changes: readonly FileChange[], secrets: readonly string[]): string {
  return changes
    .map((change) => formatChange(change, secrets))
    .filter(Boolean)
    .join("\n");
}

function formatChange({ host, path, before, after }: FileChange, secrets: readonly string[]): string {
  if (before === after) return "";
  const head = `--- ${host} ${path}${before === null ? " (not there)" : ""}\n+++ ${host} ${path}${after === null ? " (removed)" : ""}\n`;
  if ([before, after].some((text) => isSecretAltogether(text, path, secrets)))
    return `${head}  content is secret\n`;
  if ([before, after].some((text) => /[\0\uFFFD]/.test(text ?? ""))) return `${head}  content is not text\n`;
  const [old, fresh] = [before, after].map((text) => masked(text ?? "", secrets)) as [string, string];
  if (old === fresh) return `${head}  only secrets change\n`;
  const { hunks } = structuredPatch(path, path, old, fresh, "", "", { context: 3 });
  const lines = hunks.flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines.filter((line) => !line.startsWith("\\")),
  ]);
  return `${head}${lines.join("\n")}\n`;
}

/** Shorter answers of a lookup are left in the text: to hide "yes" would hide half of a file. */
const SHORTEST_ANSWER = 6;

/**
 * Every secret that the options of a site hold, and what lookups gave to override files, which mostly is one; longest
 * first, so that one within another does not leave a rest.
 */
export function secretsIn(
  values: Readonly<Record<string, unknown>>,
  lookups: ResolvedSite["lookups"] = {},
): string[] {
  const secrets = leaves(values).flatMap((value) => (value instanceof Secret ? [value.reveal()] : []));
  const answers = leaves(lookups).filter(
    (text) => typeof text === "string" && text.length >= SHORTEST_ANSWER,
  );
  const found = new Set([...secrets, ...(answers as string[])]);
  found.delete("");
  return [...found].sort((a, b) => b.length - a.length);
}

/** What lists and mappings hold, at any depth. */
function leaves(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null || value instanceof Secret) return [value];
  return Object.values(value).flatMap(leaves);
}

function isSecretAltogether(text: string | null, path: string, secrets: readonly string[]): boolean {
  if (text === null) return false;
  return /PRIVATE KEY/.test(text) || /(cookie|id_rsa)$/.test(path) || secrets.includes(text.trim());
}

/** Where configuration of any form keeps secrets: after names that end like one, in URLs, in JSON, in accounts. */
const HIDING_PLACES: readonly [RegExp, string][] = [
  [
    /^(\s*(?:export\s+)?[\w.-]*(?:password|passwd|passphrase|secret|_key|cookie|token)\s*[=:]\s*)\S.*$/gim,
    "$1***",
  ],
  [/\b((?:auth_pass|password|insecure-password)\s+)(?![=:])\S+/gi, "$1***"],
  [/("[\w.-]*(?:password|secret|hash|cookie|_key)[\w.-]*"\s*:\s*)"[^"]*"/gi, '$1"***"'],
  [/((?:\/\/|,)[^\s:/@,]+:)[^\s@/,]+@/g, "$1***@"],
  [/(\bBasic\s+)[A-Za-z0-9+/=]{8,}/g, "$1***"],
  [/(auth\s*[= ]\s*[\w-]+:)\S+/gi, "$1***"],
  // What genpwd makes.
  [/\b(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{40}\b/g, "***"],
];

function masked(text: string, secrets: readonly string[]): string {
  const known = secrets.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
  return HIDING_PLACES.reduce((rest, [place, by]) => rest.replace(place, by), known);
}
