import { existsSync, readFileSync } from "node:fs";
import { foldProblems, KollaError, type Where } from "#support";
import type { Places } from "./places.ts";
import { type PlaybookOutcome, reasonOf } from "./playbook.ts";

/**
 * What keeps Ansible from these hosts: it had no variables of them, because one by which it connects to them (its own,
 * ansible_user and the like) cannot be evaluated. Each cause once, with the place of the variable that has it.
 */
export function unevaluated(
  hosts: readonly string[],
  outcome: Pick<PlaybookOutcome, "failures">,
  places: Places,
): KollaError[] {
  return foldProblems(hosts.map((host) => unevaluatedOf(host, causeOf(reasonOf(host, outcome)), places)));
}

function unevaluatedOf(host: string, cause: string, places: Places): KollaError {
  const own = Object.keys(places).filter((name) => name.startsWith("ansible_"));
  const written = own.filter((name) => /\{\{|\{%/.test(lineAt(places[name])));
  const meant = (written.length > 0 ? written : own).sort();
  const [only] = meant;
  return new KollaError({
    code: "KOLLA_INVENTORY_CONNECTION",
    message: `${meant.join(" or ") || "a variable of Ansible's own"} cannot be evaluated: ${cause}`,
    hint: "Mend it: by such variables Ansible reaches a host.",
    where: { ...(meant.length === 1 && only !== undefined && { ...places[only], key: only }), host },
  });
}

/** The line of a file at which a variable is set; empty where it is in no file. */
function lineAt(where: Where | undefined): string {
  if (!where?.file || !where.line || !existsSync(where.file)) return "";
  return readFileSync(where.file, "utf8").split("\n")[where.line - 1] ?? "";
}

/** Ansible wraps a cause in what it was about to do, and tells it more than once. */
function causeOf(reason: string): string {
  const lacking = /'\w+' is undefined/.exec(reason)?.[0];
  return lacking ?? [...new Set(reason.split("\n").map((line) => line.trim()))].filter(Boolean).join("; ");
}
