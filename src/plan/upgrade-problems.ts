import { type Desired, type Item, isOlder, isUpgrade, LABEL, type ObservedHost } from "#model";
import { KollaError } from "#support";
import { touches } from "./pair.ts";
import { isPowerVerb } from "./power.ts";
import { inScope, onHost, type PlanRequest, setOfLabels } from "./request.ts";
import { hostsInWords } from "./some.ts";
import { askedServices, finishOf, type Standing, servingIn, type Way, waysOf } from "./upgrade.ts";

type Hosts = Readonly<Record<string, ObservedHost>>;
type Standings = ReadonlyMap<string, Standing>;

/**
 * What forbids a plan because of releases: a verb that would move a service to another one by the way
 * (KOLLA_UPGRADE_NEEDED); a way that OpenStack does not allow (_OLDER, _SKIPS); a part or hosts left out (_PART,
 * _LIMIT); databases of which nobody says how they come there (_ABSENT); containers that are not well (_UNHEALTHY); nothing to finish, or not yet (_FINISHED, _BEFORE). Pure.
 */
export function upgradeProblems(
  desired: Desired,
  observed: Hosts,
  standings: Standings,
  request: PlanRequest,
): KollaError[] {
  const asked = askedServices(desired, request);
  const own = new Map([...standings].filter(([service]) => asked.has(service)));
  if (request.finish) return finishProblems(desired, observed, own, request);
  const moves = [...own.values()].flatMap((at) => at.moves).filter(({ host }) => onHost(request, host));
  const ways = waysOf(moves);
  if (request.verb !== "upgrade") return movesByTheWay(request) ? ways.map(needed) : [];
  const found = ways.flatMap((way) => wayProblems(way, desired, request));
  return [...found, ...(moves.length > 0 ? unwell(observed, own) : [])];
}

/** Whether a verb brings files or containers to what is configured, whatever release that is of. */
function movesByTheWay(request: PlanRequest): boolean {
  const writes = touches(request, "file") || touches(request, "container");
  return writes && !isPowerVerb(request.verb) && request.verb !== "rollback";
}

/** "keystone is of 2025.1 on control01" */
function isOf({ service, from, hosts }: Way): string {
  return `${service} is of ${from} on ${hosts}`;
}

function problem(code: string, message: string, hint: string): KollaError {
  return new KollaError({ code: `KOLLA_UPGRADE_${code}`, message, hint });
}

function needed(way: Way): KollaError {
  const { service, from, to } = way;
  const move = isOlder(from, to)
    ? `kolla upgrade ${service} moves it (kolla plan --upgrade shows how)`
    : `kolla rollback ${service} goes back`;
  return problem(
    "NEEDED",
    `${isOf(way)}, and the configuration says ${to}`,
    `${move}; or leave it as it is: ${service}_release: "${from}".`,
  );
}

function wayProblems(way: Way, desired: Desired, request: PlanRequest): KollaError[] {
  const { service, from, to } = way;
  if (isOlder(to, from))
    return [problem("OLDER", `${isOf(way)}, and ${to} is older`, `To go back: kolla rollback ${service}.`)];
  if (!isUpgrade(from, to))
    return [
      problem(
        "SKIPS",
        `${isOf(way)}, and OpenStack cannot be upgraded from there to ${to} at once`,
        `Go by a release between: to the next one, or from the first of a year to the first of the next. ${service}_release names it.`,
      ),
    ];
  return [
    ...actProblems(service, desired),
    ...partProblems(service, desired, request),
    ...limitProblems(service, desired, request),
  ];
}

/** A service that has databases says how they are prepared while the release before serves. */
function actProblems(service: string, desired: Desired): KollaError[] {
  const jobs = itemsOf(service, desired).flatMap(({ item }) => (item.kind === "job" ? [item] : []));
  if (jobs.length === 0 || jobs.some(({ upgrade }) => upgrade?.act === "expand")) return [];
  const message = `Nobody has said yet how the databases of ${service} come to another release`;
  return [problem("ABSENT", message, `Leave ${service}_release out.`)];
}

/** What is of one service talks to each other, and its jobs are part of it. */
function partProblems(service: string, desired: Desired, request: PlanRequest): KollaError[] {
  const isLeftOut = itemsOf(service, desired).some(({ item }) => !inScope(request, item.set));
  if (!isLeftOut) return [];
  const message = `A part of ${service} is left out, and it comes to another release as a whole`;
  return [problem("PART", message, `kolla upgrade ${service}`)];
}

/** Whether an earlier run did what comes first is written on the host that does it. */
function limitProblems(service: string, desired: Desired, request: PlanRequest): KollaError[] {
  const away = itemsOf(service, desired).filter(
    ({ host, item }) => item.kind === "job" && item.upgrade && !onHost(request, host),
  );
  const hosts = [...new Set(away.map(({ host }) => host))];
  if (hosts.length === 0) return [];
  const limit = [...hosts, ...(request.limit ?? [])].join(",");
  return [
    problem(
      "LIMIT",
      `${hostsInWords(hosts)} is left out, and prepares the databases of ${service} for what comes`,
      `Name it as well: --limit ${limit}. What is done there already is done again, which is safe.`,
    ),
  ];
}

function itemsOf(service: string, { hosts }: Desired): { host: string; item: Item }[] {
  return hosts.flatMap(({ host, items }) =>
    items.filter(({ set }) => set[0] === service).map((item) => ({ host, item })),
  );
}

/** An upgrade begins on a site that is well; one that was cut off is gone on with whatever it left. */
function unwell(observed: Hosts, standings: Standings): KollaError[] {
  const serving = Object.values(observed).flatMap(servingIn);
  const begun = new Set(
    [...standings].flatMap(([service, { moves, expanded }]) => {
      const own = serving.filter(({ labels }) => setOfLabels(labels)[0] === service);
      const come = [expanded, ...own.map(({ labels }) => labels[LABEL.release])];
      return moves.some(({ to }) => come.includes(to)) ? [service] : [];
    }),
  );
  return Object.entries(observed).flatMap(([host, found]) =>
    servingIn(found).flatMap(({ name, state, health, labels }) => {
      const [service] = setOfLabels(labels);
      // The engine may not have asked yet since the agent did, at the end of the run that made it.
      const isProved = health === "starting" && found.journal.unproved?.[name] === undefined;
      const isWell = state === "running" && (health === "healthy" || health === "none" || isProved);
      if (isWell || service === undefined || begun.has(service)) return [];
      return [
        new KollaError({
          code: "KOLLA_UPGRADE_UNHEALTHY",
          message: `${name} is ${state === "running" ? health : state}, and an upgrade begins on a site that is well`,
          where: { host },
          hint: "kolla status tells more; kolla deploy mends what is not as configured.",
        }),
      ];
    }),
  );
}

function finishProblems(
  desired: Desired,
  observed: Hosts,
  own: Standings,
  request: PlanRequest,
): KollaError[] {
  const unseen = desired.hosts
    .map(({ host }) => host)
    .filter((host) => !observed[host] || !onHost(request, host));
  if (unseen.length > 0)
    return [
      problem(
        "LIMIT",
        `${hostsInWords(unseen)} was not looked at, and may have containers of an earlier release`,
        "Finish when all hosts answer, and without --limit.",
      ),
    ];
  const behind = waysOf([...own.values()].flatMap((at) => at.moves)).map((way) =>
    problem("BEFORE", `${isOf(way)}, and is to be of ${way.to}`, `First: kolla upgrade ${way.service}`),
  );
  if (behind.length > 0) return behind;
  if (![...own].some(([service, at]) => finishOf(service, at).length > 0))
    return [
      problem(
        "FINISHED",
        `There is nothing to finish: no upgrade of ${[...own.keys()].join(", ") || "any service"} is open`,
        "kolla status tells of which release each set is.",
      ),
    ];
  return unwell(observed, own);
}
