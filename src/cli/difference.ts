import { structuredPatch } from "diff";
import { type Desired, type Plan, Secret } from "#model";
import { runAgentVerb } from "../ansible/index.ts";
import type { LoadedSite } from "./site-run.ts";

/** One file of a plan as it is and as it will be; null: not there. */
export interface FileChange {
  host: string;
  path: string;
  before: string | null;
  after: string | null;
}

/** What a plan changes in files, with the texts that hosts have now. A host that cannot tell is named with its reason. */
export async function fileChanges(
  loaded: LoadedSite,
  plan: Plan,
): Promise<{ changes: FileChange[]; untold: string[] }> {
  const wanted = wantedTexts(plan, loaded.desired);
  const inputs = Object.fromEntries([...wanted].map(([host, texts]) => [host, { paths: [...texts.keys()] }]));
  const answers = await runAgentVerb(loaded.settings, "files", inputs, () => undefined);
  const changes: FileChange[] = [];
  const untold: string[] = [];
  for (const [host, texts] of wanted) {
    const answer = answers[host];
    if (!answer || "unreachable" in answer) {
      untold.push(`${host}: its files cannot be read: ${answer?.unreachable ?? "no answer"}`);
      continue;
    }
    const found = answer.answer as Record<string, string | null>;
    for (const [path, after] of texts) changes.push({ host, path, before: found[path] ?? null, after });
  }
  return { changes, untold };
}

/** Host → path → the text that its file will have. */
function wantedTexts(plan: Plan, desired: Desired): Map<string, Map<string, string | null>> {
  const byHost = new Map<string, Map<string, string | null>>();
  for (const step of plan.steps) {
    if (step.kind !== "file") continue;
    const items = desired.hosts.find(({ host }) => host === step.host)?.items ?? [];
    const item = items.find((each) => each.kind === "file" && each.path === step.path);
    const texts = byHost.get(step.host) ?? new Map<string, string | null>();
    texts.set(step.path, step.verb === "write" && item?.kind === "file" ? item.content : null);
    byHost.set(step.host, texts);
  }
  return byHost;
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
  const [old, fresh] = [before, after].map((text) => masked(text ?? "", secrets)) as [string, string];
  if (old === fresh) return `${head}  only secrets change\n`;
  const { hunks } = structuredPatch(path, path, old, fresh, "", "", { context: 3 });
  const lines = hunks.flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines.filter((line) => !line.startsWith("\\")),
  ]);
  return `${head}${lines.join("\n")}\n`;
}

/** Every secret that the options of a site hold, longest first, so that one within another does not leave a rest. */
export function secretsIn(values: LoadedSite["values"]): string[] {
  const found = new Set<string>();
  const collect = (value: unknown): void => {
    if (value instanceof Secret) found.add(value.reveal());
    else if (typeof value === "object" && value !== null)
      for (const inner of Object.values(value)) collect(inner);
  };
  collect(values);
  found.delete("");
  return [...found].sort((a, b) => b.length - a.length);
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
