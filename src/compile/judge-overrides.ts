import type { AnyService, ResolvedSite } from "#model";
import { editDistance, KollaError, nearest } from "#support";
import { isUnknown } from "./facts.ts";
import { otherServiceOf } from "./other-services.ts";
import type { OverrideFiles } from "./override-files.ts";
import { containersOf, type TableEntry, variableName } from "./rule-options.ts";

export interface Reading {
  files: OverrideFiles;
  site: ResolvedSite;
  table: ReadonlyMap<string, TableEntry>;
  /** Services that were asked; the files of others were not looked for. */
  enabled: readonly AnyService[];
  all: readonly AnyService[];
}

export interface OverrideFindings {
  problems: KollaError[];
  warnings: KollaError[];
}

/** Stands in a name for the directory of a host. */
const HOST = "<host>";

/** Files that editors and version control leave beside those that are meant. */
const BYSTANDER = /(^|\/)\.|~$|\.(bak|orig|rej|swp|md|txt)$|(^|\/)README/;

/**
 * Judges the override files that nothing reads on any host: those that a service says it refuses
 * (KOLLA_OVERRIDE_UNSUPPORTED) or needs nothing of (KOLLA_WARN_OVERRIDE_UNSUPPORTED), slips in a host's name
 * (KOLLA_WARN_OVERRIDE_HOST), and slips in a file's (KOLLA_WARN_OVERRIDE_UNREAD). A file in a directory of a host's
 * name is judged as one outside of it.
 */
export function judgeOverrides(reading: Reading): OverrideFindings {
  const judge = new Judge(reading);
  const findings: OverrideFindings = { problems: [], warnings: [] };
  for (const path of reading.files.unread) {
    if (BYSTANDER.test(path)) continue;
    const found = judge.of(path);
    if (found) (found.code.startsWith("KOLLA_WARN") ? findings.warnings : findings.problems).push(found);
  }
  return findings;
}

class Judge {
  readonly #reading: Reading;
  readonly #hosts: ReadonlySet<string>;
  /** What is asked for on any host, with `<host>` for a host's name. */
  readonly #read: ReadonlySet<string>;
  readonly #refused: Verdicts;
  readonly #moot: Verdicts;
  readonly #seesAll: boolean;

  constructor(reading: Reading) {
    const { files, site, enabled } = reading;
    this.#reading = reading;
    this.#hosts = new Set(site.hosts.map(({ name }) => name));
    this.#read = new Set([...files.asked].map((path) => this.#general(path)));
    this.#refused = verdicts(enabled.map(({ refusesFiles }) => refusesFiles));
    this.#moot = verdicts(enabled.map(({ mootFiles }) => mootFiles));
    this.#seesAll = !site.hosts.some(isUnknown);
  }

  of(path: string): KollaError | undefined {
    const general = this.#general(path);
    if (this.#isOff(path) || this.#read.has(general)) return undefined;
    const bare = bareOf(general);
    const refusal = this.#refused(bare);
    const reason = refusal ?? this.#moot(bare);
    if (reason !== undefined) return this.#unsupported(path, reason, refusal !== undefined);
    // What runs only on hosts that are out of reach was not asked.
    if (this.#isOthers(path) || !this.#seesAll) return undefined;
    return this.#strangeHost(path) ?? this.#unread(path, general);
  }

  #general(path: string): string {
    const parts = path.split("/");
    return parts.map((part, at) => (at < parts.length - 1 && this.#hosts.has(part) ? HOST : part)).join("/");
  }

  /** The service that a file is for, by the directory that it is in; else, where that is no service's, by its own name. */
  #owner(path: string): AnyService | undefined {
    return stems(path)
      .map((stem) => this.#reading.all.find((service) => isOf(service, stem)))
      .find((service) => service !== undefined);
  }

  /** Files of services that are switched off have no effect by intent. */
  #isOff(path: string): boolean {
    const owner = this.#owner(path);
    return owner !== undefined && !this.#reading.enabled.includes(owner);
  }

  /** So have those of services that are not here. */
  #isOthers(path: string): boolean {
    const [head = "", base = ""] = stems(path);
    const { table, all } = this.#reading;
    if (otherServiceOf(head, table)) return true;
    return !all.some((service) => isOf(service, head)) && otherServiceOf(base, table) !== undefined;
  }

  #unsupported(path: string, reason: string, refused: boolean): KollaError {
    return new KollaError({
      code: refused ? "KOLLA_OVERRIDE_UNSUPPORTED" : "KOLLA_WARN_OVERRIDE_UNSUPPORTED",
      message: `this file ${refused ? "is not supported here yet" : "has no effect here"}: ${reason}`,
      where: { file: this.#reading.files.pathOf(path) },
      hint: "Remove the file, or keep it outside of the directory of override files.",
    });
  }

  /** A directory in whose place a host's name would make sense. */
  #strangeHost(path: string): KollaError | undefined {
    const parts = path.split("/");
    const at = parts.findIndex(
      (_, index) => index > 0 && index < parts.length - 1 && this.#isKnown(parts.with(index, HOST).join("/")),
    );
    const name = parts[at];
    if (name === undefined) return undefined;
    const near = nearest(name, this.#hosts);
    return new KollaError({
      code: "KOLLA_WARN_OVERRIDE_HOST",
      message: `no host of the inventory is called ${name}: this file has no effect`,
      where: { file: this.#reading.files.pathOf(path) },
      hint: near
        ? `Did you mean ${parts.with(at, near).join("/")}?`
        : "Name the directory as the inventory names the host.",
    });
  }

  #isKnown(path: string): boolean {
    const general = this.#general(path);
    const bare = bareOf(general);
    return this.#read.has(general) || (this.#refused(bare) ?? this.#moot(bare)) !== undefined;
  }

  #unread(path: string, general: string): KollaError {
    const near = this.#nearest(general)?.replaceAll(HOST, hostIn(path, this.#hosts));
    return new KollaError({
      code: "KOLLA_WARN_OVERRIDE_UNREAD",
      message: "no service reads this file: it has no effect",
      where: { file: this.#reading.files.pathOf(path) },
      hint: near
        ? `Did you mean ${near}?`
        : "If it is meant for a service, it must have the name that Kolla-Ansible reads.",
    });
  }

  /** The name that was probably meant, of those that the same service reads: the same in another place, or nearly it. */
  #nearest(path: string): string | undefined {
    const owner = this.#owner(path);
    const [head = ""] = path.split("/");
    const base = baseOf(path);
    const family = [...this.#read].filter(
      (name) =>
        name === base || name.startsWith(`${head}/`) || (owner !== undefined && this.#owner(name) === owner),
    );
    if (family.length === 0) return nearest(path, this.#read);
    const bases = family.map(baseOf);
    const [stem = "", ending = ""] = base.split(/(?=\.[^.]*$)/);
    const meant = bases.includes(base)
      ? base
      : (nearest(base, bases) ?? bases.sort().find((name) => name.startsWith(stem) && name.endsWith(ending)));
    return (
      meant &&
      closest(
        path,
        family.filter((name) => baseOf(name) === meant),
      )
    );
  }
}

type Verdicts = (path: string) => string | undefined;

/** Finds the reason of the first pattern that a name fits. */
function verdicts(tables: readonly (Readonly<Record<string, string>> | undefined)[]): Verdicts {
  const patterns = tables
    .flatMap((table) => Object.entries(table ?? {}))
    .map(([glob, reason]) => ({
      pattern: new RegExp(`^${glob.replace(/[.+^$(){}|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*")}$`),
      reason,
    }));
  return (path) => patterns.find(({ pattern }) => pattern.test(path))?.reason;
}

/** What a name says of the service it is for: its first directory, and the file itself without its ending. */
function stems(path: string): string[] {
  const parts = path.split("/");
  const stem = (part: string): string => variableName(part.replace(/(\.[a-z0-9]+)+$/, ""));
  return [stem(parts[0] ?? ""), stem(parts.at(-1) ?? "")];
}

function isOf(service: AnyService, stem: string): boolean {
  const names = [service.name, ...containersOf(service).map(([definition]) => definition)];
  return names.some((name) => variableName(name) === stem);
}

function bareOf(general: string): string {
  return general.replaceAll(`${HOST}/`, "");
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function hostIn(path: string, hosts: ReadonlySet<string>): string {
  return path.split("/").find((part) => hosts.has(part)) ?? HOST;
}

/** The least different of some names; those for one host only when the name itself is for one. */
function closest(name: string, names: readonly string[]): string | undefined {
  const common = names.filter((each) => name.includes(HOST) || !each.includes(HOST));
  const ranked = (common.length > 0 ? common : names).map((each) => ({
    each,
    distance: editDistance(name, each),
  }));
  return ranked.sort((a, b) => a.distance - b.distance)[0]?.each;
}
