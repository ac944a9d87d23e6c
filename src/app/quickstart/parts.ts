import { stopwatch } from "#support";

/** A part that has ended well. */
export interface Part {
  name: string;
  seconds: number;
  changed: boolean;
}

/** Parts that ran one after the other, and all of them together. */
export interface PartsReport {
  seconds: number;
  changed: boolean;
  /** Under the name that quickstart's JSON gives them. */
  phases: readonly Part[];
}

/** Runs one named part after another and keeps how long each took and whether it changed anything. */
export class Parts {
  readonly #ended: Part[] = [];
  readonly #whole = stopwatch();
  readonly #onBegin: (name: string) => void;

  /** `onBegin` gets each part's name before the part begins. */
  constructor(onBegin: (name: string) => void) {
    this.#onBegin = onBegin;
  }

  /** Runs a part; it says through its result whether it changed something, and may leave a value. */
  async run(name: string, work: () => Promise<boolean>): Promise<void>;
  async run<T>(name: string, work: () => Promise<{ changed: boolean; value: T }>): Promise<T>;
  async run<T>(
    name: string,
    work: () => Promise<boolean | { changed: boolean; value: T }>,
  ): Promise<T | undefined> {
    this.#onBegin(name);
    const seconds = stopwatch();
    const outcome = await work();
    const { changed, value } =
      typeof outcome === "boolean" ? { changed: outcome, value: undefined } : outcome;
    this.#ended.push({ name, seconds: seconds(), changed });
    return value;
  }

  report(): PartsReport {
    const changed = this.#ended.some((phase) => phase.changed);
    return { seconds: this.#whole(), changed, phases: [...this.#ended] };
  }
}
