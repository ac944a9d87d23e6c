import { formatSeconds, stopwatch } from "#support";
import { alignColumns } from "./columns.ts";
import { note, paint } from "./terminal.ts";

/** Runs one named part after another and keeps how long each took and whether it changed anything. */
export class Phases {
  readonly #rows: { name: string; seconds: number; changed: boolean }[] = [];
  readonly #whole = stopwatch();

  /** Runs a part; it says through its result whether it changed something, and may leave a value. */
  async run(name: string, work: () => Promise<boolean>): Promise<void>;
  async run<T>(name: string, work: () => Promise<{ changed: boolean; value: T }>): Promise<T>;
  async run<T>(
    name: string,
    work: () => Promise<boolean | { changed: boolean; value: T }>,
  ): Promise<T | undefined> {
    note(paint("bold", `== ${name}`, process.stderr));
    const seconds = stopwatch();
    const outcome = await work();
    const { changed, value } =
      typeof outcome === "boolean" ? { changed: outcome, value: undefined } : outcome;
    this.#rows.push({ name, seconds: seconds(), changed });
    return value;
  }

  get changed(): boolean {
    return this.#rows.some((row) => row.changed);
  }

  get seconds(): number {
    return this.#whole();
  }

  /** One line for each part, and the sum. */
  table(): string {
    const rows = this.#rows.map((row) => [
      row.name,
      formatSeconds(row.seconds),
      row.changed ? "changed" : "as it was",
    ]);
    return alignColumns([["PHASE", "TOOK", ""], ...rows, ["all", formatSeconds(this.#whole()), ""]]);
  }

  /** The same for machines. */
  summary(): {
    seconds: number;
    changed: boolean;
    phases: readonly { name: string; seconds: number; changed: boolean }[];
  } {
    return { seconds: this.#whole(), changed: this.changed, phases: this.#rows };
  }
}
