import type { Bundle, Plan } from "#model";
import { KollaError, sha256 } from "#support";

/** All that `apply` needs to do a plan later, and to see whether it still may. Holds secrets: keep it at 0600. */
export interface SavedPlan {
  /** Unique; a run that applies it is called after it. */
  name: string;
  /** The Kolla that made it, as it names itself. */
  kolla: string;
  /** ISO 8601. */
  madeAt: string;
  /** The operator's directory, absolute: what tells one site from another. */
  configDirectory: string;
  /** Whether it is of all hosts and all sets. */
  isWhole: boolean;
  plan: Plan;
  bundles: readonly SavedBundle[];
  /** What the plan saw on each host that it has steps for. */
  seen: Readonly<Record<string, Seen>>;
}

/** A bundle without the run, and those who carry it: they are known when it is applied. */
export type SavedBundle = Omit<Bundle, "run" | "began" | "holder" | "control" | "takeOver" | "known">;

/** The name of a run that applies a saved plan; `attempt`: what tells it from another that tries at the same time. */
export function runOf({ name }: Pick<SavedPlan, "name">, attempt: string): string {
  return `${name}.${attempt}`;
}

/** Whether a run was one that applied this plan. */
export function isRunOf({ name }: Pick<SavedPlan, "name">, run: string | undefined): boolean {
  return run?.startsWith(runOf({ name }, "")) ?? false;
}

/** A thing on a host ("container nova_api") → how it was, in words that are the same as long as it is. */
export type Seen = Readonly<Record<string, string>>;

const FORMAT = "kolla-saved-plan 1";

/** The file's text: a line of JSON that says what it is, and one that holds it. */
export function savedText(saved: SavedPlan): string {
  const body = JSON.stringify(saved);
  return `${JSON.stringify({ format: FORMAT, bytes: Buffer.byteLength(body), sha256: sha256(body) })}\n${body}\n`;
}

/**
 * Reads what `savedText` wrote. Throws KOLLA_SAVED_PLAN_FORMAT for a file that is no saved plan, KOLLA_SAVED_PLAN_CUT
 * and KOLLA_SAVED_PLAN_CHANGED for one that is not whole or not as it was written, KOLLA_SAVED_PLAN_VERSION for one of
 * another Kolla than `kolla`.
 */
export function readSaved(text: string, kolla: string, file: string): SavedPlan {
  const [head = "", ...rest] = text.split("\n");
  const told = headOf(head);
  if (told?.format !== FORMAT) throw refusal("FORMAT", "this is no plan that kolla plan --out saved", file);
  const body = rest.join("\n").replace(/\n$/, "");
  const bytes = Buffer.byteLength(body);
  if (bytes < told.bytes)
    throw refusal("CUT", `the file is cut off: ${bytes} of ${told.bytes} bytes are there`, file);
  if (sha256(body) !== told.sha256)
    throw refusal("CHANGED", "the file is not as it was saved: somebody changed it", file);
  const saved = JSON.parse(body) as SavedPlan;
  if (saved.kolla !== kolla)
    throw refusal("VERSION", `the plan was made by kolla ${saved.kolla}, and this is kolla ${kolla}`, file);
  return saved;
}

interface Head {
  format: string;
  bytes: number;
  sha256: string;
}

/** Undefined for a line that is no JSON: then the file is something else altogether. */
function headOf(line: string): Head | undefined {
  try {
    return JSON.parse(line) as Head;
  } catch {
    return undefined;
  }
}

/** What to type instead of a plan that is not applied. */
export const PLAN_ANEW = "Make a new plan: kolla plan --out FILE.";

/** An error of a saved plan's file. */
export function refusal(code: string, message: string, file: string, hint: string = PLAN_ANEW): KollaError {
  return new KollaError({ code: `KOLLA_SAVED_PLAN_${code}`, message, where: { file }, hint });
}
