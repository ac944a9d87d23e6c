import { count, foldProblems, KollaError, nearest } from "#support";

/** Variables that Ansible cannot evaluate for one cause. */
export interface Unresolved {
  problem: KollaError;
  /** All variables that have no value for it. */
  names: readonly string[];
}

const SHOWN = 3;

/**
 * One problem for each cause of KOLLA_VARIABLE_UNRESOLVED, with the hosts and the variables that have no value for it.
 * The variable that lacks a name itself has the shortest reason: those that use it are told theirs around it.
 */
export function foldUnresolved(problems: readonly KollaError[]): Unresolved[] {
  const causes = new Map<string, KollaError[]>();
  for (const problem of foldProblems(problems)) {
    const cause = /'(\w+)' is undefined/.exec(problem.message)?.[0] ?? problem.message;
    causes.set(cause, [...(causes.get(cause) ?? []), problem]);
  }
  return [...causes.values()].map(folded);
}

function folded(problems: readonly KollaError[]): Unresolved {
  const key = ({ where }: KollaError): string => where?.key ?? "";
  const length = (problem: KollaError): number => problem.message.length - key(problem).length;
  const [first, ...others] = [...problems].sort(
    (a, b) => length(a) - length(b) || (key(a) < key(b) ? -1 : 1),
  ) as [KollaError, ...KollaError[]];
  const users = [...new Set(others.map(key))].filter((name) => name !== key(first)).sort();
  const names = [key(first), ...users];
  if (users.length === 0) return { problem: first, names };
  const more = users.length > SHOWN ? ` and ${users.length - SHOWN} more` : "";
  const { code, message, hint, where } = first;
  return {
    names,
    problem: new KollaError({
      code,
      message: `${message}; and ${count(users.length, "variable")} with it: ${users.slice(0, SHOWN).join(", ")}${more}`,
      ...(hint !== undefined && { hint }),
      ...(where && { where }),
    }),
  };
}

/** What to do about a variable that Ansible cannot evaluate for this reason; `known` are names that have a value. */
export function unresolvedHint(reason: string, known: readonly string[]): string {
  const collection = /unable to locate collection (\w+\.\w+)/.exec(reason)?.[1];
  if (collection !== undefined)
    return `It is of the collection ${collection}, which is not on this machine. Install it: ansible-galaxy collection install ${collection}`;
  const lacking = /'(\w+)' is undefined/.exec(reason)?.[1];
  const near = lacking === undefined ? undefined : nearest(lacking, known);
  return near ? `Did you mean ${near}?` : "Mend the Jinja2 expression, or set the variable that it needs.";
}
