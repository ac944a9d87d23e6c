import type { BinaryFile, ResolvedSite } from "#model";

/** A file of the operator's: text, or bytes. */
export type OverrideFile = { text: string; path: string } | BinaryFile;

/** The operator's files below <configdir>/config, with a memory of which ones were asked for. */
export class OverrideFiles {
  readonly #files: Readonly<Record<string, OverrideFile>>;
  readonly #asked = new Set<string>();

  constructor({ overrides, binaryOverrides }: Pick<ResolvedSite, "overrides" | "binaryOverrides">) {
    this.#files = { ...overrides, ...binaryOverrides };
  }

  /** The first of these files that exists. */
  first(paths: readonly string[]): OverrideFile | undefined {
    for (const path of paths) this.#asked.add(path);
    const found = paths.find((path) => this.#files[path]);
    return found === undefined ? undefined : this.#files[found];
  }

  /** Names of the files in a directory, sorted: those that hide and those further down are left out. */
  in(directory: string): string[] {
    const start = `${directory}/`;
    return Object.keys(this.#files)
      .filter((path) => path.startsWith(start))
      .map((path) => path.slice(start.length))
      .filter((name) => !name.includes("/") && !name.startsWith("."))
      .sort();
  }

  /** Where a file is on the control host. */
  pathOf(name: string): string {
    return this.#files[name]?.path ?? name;
  }

  /** Names of files that nobody asked for. */
  get unread(): string[] {
    return Object.keys(this.#files).filter((path) => !this.#asked.has(path));
  }

  /** Names that were asked for, whether there is such a file or not. */
  get asked(): ReadonlySet<string> {
    return this.#asked;
  }
}
