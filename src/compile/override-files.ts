import type { AnyService, ResolvedSite } from "#model";
import { KollaError, nearest } from "#support";
import { otherServiceOf } from "./other-services.ts";
import { containersOf, type TableEntry, variableName } from "./rule-options.ts";

export interface OverrideFile {
  text: string;
  path: string;
}

/** The operator's files below <configdir>/config, with a memory of which ones were asked for. */
export class OverrideFiles {
  readonly #files: ResolvedSite["overrides"];
  readonly #asked = new Set<string>();
  readonly #listed = new Set<string>();

  constructor(files: ResolvedSite["overrides"]) {
    this.#files = files;
  }

  /** The first of these files that exists. */
  first(paths: readonly string[]): OverrideFile | undefined {
    for (const path of paths) this.#asked.add(path);
    const found = paths.find((path) => this.#files[path]);
    return found === undefined ? undefined : this.#files[found];
  }

  /** Names of the files below a directory, sorted. */
  in(directory: string): string[] {
    const start = `${directory.replace(/\/$/, "")}/`;
    this.#listed.add(start);
    return Object.keys(this.#files)
      .filter((path) => path.startsWith(start))
      .map((path) => path.slice(start.length))
      .sort();
  }

  /** Paths of files that nobody asked for. */
  get unread(): string[] {
    const isListed = (path: string): boolean => [...this.#listed].some((start) => path.startsWith(start));
    return Object.keys(this.#files).filter((path) => !this.#asked.has(path) && !isListed(path));
  }

  get asked(): ReadonlySet<string> {
    return this.#asked;
  }
}

/** Files that editors and version control leave beside those that are meant. */
const BYSTANDER = /(^|\/)\.|~$|\.(bak|orig|rej|swp|md|txt)$|(^|\/)README/;

export interface Reading {
  files: OverrideFiles;
  site: ResolvedSite;
  table: ReadonlyMap<string, TableEntry>;
  /** Services that were asked; the files of others were not looked for. */
  enabled: readonly AnyService[];
  all: readonly AnyService[];
}

/** A warning for each override that no service reads, with the name that was probably meant: KOLLA_WARN_OVERRIDE_UNREAD. */
export function unreadOverrides(reading: Reading): KollaError[] {
  const { files, site } = reading;
  return files.unread
    .filter((path) => !BYSTANDER.test(path) && isJudged(path, reading))
    .map((path) => {
      const near = nearest(path, files.asked);
      return new KollaError({
        code: "KOLLA_WARN_OVERRIDE_UNREAD",
        message: "no service reads this file: it has no effect",
        where: { file: site.overrides[path]?.path ?? path },
        hint: near
          ? `Did you mean ${near}?`
          : "If it is meant for a service, it must have the name that Kolla-Ansible reads.",
      });
    });
}

/** Files of services that are switched off or not here have no effect by intent; those of hosts out of reach were not read. */
function isJudged(path: string, { site, table, enabled, all }: Reading): boolean {
  const [head = ""] = path.split("/");
  const stem = variableName(head.replace(/\.[a-z0-9]+$/, ""));
  if (otherServiceOf(stem, table)) return false;
  if (path.split("/").some((part) => site.hosts.some(({ name }) => name === part))) return false;
  const owner = all.find(
    (service) =>
      variableName(service.name) === stem ||
      containersOf(service).some(([definition]) => variableName(definition) === stem),
  );
  return !owner || enabled.includes(owner);
}
