import { formatError, KollaError } from "./errors.ts";

/**
 * One problem for each cause: what several hosts have in common is told once, with the hosts. Keeps the order in which
 * the causes come first. Of hints that differ from host to host the first stands.
 */
export function foldProblems(problems: readonly KollaError[]): KollaError[] {
  const causes = new Map<string, { first: KollaError; hosts: Set<string> }>();
  for (const problem of problems) {
    const { code, message, where: { host, ...place } = {} } = problem;
    const key = JSON.stringify([code, message, place]);
    const cause = causes.get(key) ?? { first: problem, hosts: new Set() };
    if (host !== undefined) cause.hosts.add(host);
    causes.set(key, cause);
  }
  return [...causes.values()].map(({ first, hosts }) =>
    hosts.size < 2 ? first : onHosts(first, [...hosts]),
  );
}

function onHosts({ code, message, hint, where, cause }: KollaError, hosts: readonly string[]): KollaError {
  return new KollaError({
    code,
    message,
    where: { ...where, host: namesOf(hosts) },
    ...(hint !== undefined && { hint }),
    ...(cause !== undefined && { cause }),
  });
}

const SHOWN = 3;

/** "a, b and c", "8 hosts (a, b, c …)". */
function namesOf(hosts: readonly string[]): string {
  if (hosts.length <= SHOWN) return `${hosts.slice(0, -1).join(", ")} and ${hosts.at(-1)}`;
  return `${hosts.length} hosts (${hosts.slice(0, SHOWN).join(", ")} …)`;
}

/** Problems once each, by file and line, then by host. */
export function sortedProblems(problems: readonly KollaError[]): KollaError[] {
  const key = ({ where, code, message }: KollaError): string =>
    [where?.file ?? "~", String(where?.line ?? 0).padStart(6, "0"), where?.host ?? "", code, message].join(
      "\0",
    );
  const once = new Map(problems.map((problem) => [formatError(problem), problem]));
  return [...once.values()].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
