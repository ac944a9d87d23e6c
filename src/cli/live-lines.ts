import { formatSeconds, stopwatch } from "#support";
import { note, watched } from "./terminal.ts";

/**
 * Progress on standard error. On a terminal the things under way are redrawn below the finished ones, with their age;
 * without one each event is a plain line. Nothing is redrawn more than a few times a second.
 */
export class LiveLines {
  readonly #total: number;
  readonly #open = new Map<string, { words: string; age: () => number; tail?: string }>();
  readonly #tty = watched();
  readonly #since = stopwatch();
  #finished = 0;
  #drawn = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(total: number) {
    this.#total = total;
    if (this.#tty) this.#timer = setInterval(() => this.#draw(), 250).unref();
  }

  begin(key: string, words: string): void {
    this.#open.set(key, { words, age: stopwatch() });
    this.#draw();
  }

  /** The latest words of something under way ("Unpacking …"); only a terminal shows them. */
  tail(key: string, words: string): void {
    const open = this.#open.get(key);
    if (open) open.tail = words;
  }

  finish(key: string, line: string): void {
    this.#open.delete(key);
    this.#finished++;
    this.say(this.#tty ? line : `[${this.#finished}/${this.#total}] ${line}`);
  }

  /** Counts as finished; there is nothing to say of it. */
  pass(key: string): void {
    this.#open.delete(key);
    this.#finished++;
    this.#draw();
  }

  /** A line that stays. */
  say(line: string): void {
    this.#erase();
    note(line);
    this.#draw();
  }

  end(): void {
    this.#erase();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #erase(): void {
    if (this.#drawn === 0) return;
    process.stderr.write(`\x1b[${this.#drawn}A\x1b[0J`);
    this.#drawn = 0;
  }

  #draw(): void {
    if (!this.#tty || !this.#timer) return;
    this.#erase();
    const width = process.stderr.columns ?? 80;
    const lines = [...this.#open.values()].slice(0, 12).map((open) => {
      const text = `  …   ${open.words}  ${formatSeconds(open.age())}${open.tail ? `  ${open.tail}` : ""}`;
      return text.slice(0, width - 1);
    });
    lines.push(`  ${this.#finished} of ${this.#total}, ${formatSeconds(this.#since())}`);
    process.stderr.write(`${lines.join("\n")}\n`);
    this.#drawn = lines.length;
  }
}
