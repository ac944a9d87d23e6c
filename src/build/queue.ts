export type Outcome =
  /** It is there now. */
  | { state: "done" }
  /** It is not, and what stands on it cannot be. */
  | { state: "failed" }
  /** Nothing more can be built (disk full, engine gone). */
  | { state: "fatal"; because: string };

export interface QueueWork {
  /** Each comes after all that it needs; needs outside this list are there already. */
  jobs: readonly string[];
  needs: (job: string) => readonly string[];
  /** Estimated seconds of one job. */
  seconds: (job: string) => number;
  /** How many at a time. */
  threads: number;
  run: (job: string) => Promise<Outcome>;
  onSkip: (job: string, because: string) => void;
  signal?: AbortSignal;
}

export interface QueueResult {
  done: readonly string[];
  failed: readonly string[];
  skipped: readonly string[];
  /** Why the queue was stopped before its end. */
  stopped?: string;
}

/**
 * Runs jobs as their needs are met, at each moment the one first that has the longest way to the end before it.
 * One that fails skips exactly what stands on it. A fatal outcome or the signal starts nothing more, waits for what
 * runs, and skips the rest for that reason, what stands on the fatal one too.
 */
export function runQueue(work: QueueWork): Promise<QueueResult> {
  return new Queue(work).run();
}

/** Estimated seconds from the start of a job to the end of the longest chain that stands on it. */
export function secondsToTheEnd(work: Pick<QueueWork, "jobs" | "needs" | "seconds">): Map<string, number> {
  const found = new Map<string, number>();
  for (const job of work.jobs.toReversed()) {
    const after = work.jobs.filter((other) => work.needs(other).includes(job));
    found.set(job, work.seconds(job) + Math.max(0, ...after.map((other) => found.get(other) ?? 0)));
  }
  return found;
}

class Queue {
  readonly #work: QueueWork;
  readonly #order: readonly string[];
  readonly #left: Set<string>;
  readonly #running = new Set<string>();
  readonly #done: string[] = [];
  readonly #failed: string[] = [];
  readonly #skipped: string[] = [];
  #stopped: string | undefined;

  constructor(work: QueueWork) {
    this.#work = work;
    this.#left = new Set(work.jobs);
    const length = secondsToTheEnd(work);
    this.#order = work.jobs.toSorted((a, b) => (length.get(b) ?? 0) - (length.get(a) ?? 0));
  }

  run(): Promise<QueueResult> {
    return new Promise((resolve, reject) => {
      const step = (): void => {
        if (this.#work.signal?.aborted) this.#stopped ??= "the build was interrupted";
        if (this.#stopped === undefined) this.#startReady(step, reject);
        if (this.#running.size > 0) return;
        this.#skipRest();
        resolve(this.#result());
      };
      step();
    });
  }

  #startReady(next: () => void, reject: (error: unknown) => void): void {
    for (const job of this.#order) {
      if (this.#running.size >= this.#work.threads) return;
      if (this.#left.has(job) && this.#isReady(job)) this.#start(job, next, reject);
    }
  }

  #isReady(job: string): boolean {
    return this.#work.needs(job).every((need) => !this.#left.has(need) && !this.#running.has(need));
  }

  #start(job: string, next: () => void, reject: (error: unknown) => void): void {
    this.#left.delete(job);
    this.#running.add(job);
    this.#work
      .run(job)
      .then((outcome) => {
        this.#running.delete(job);
        this.#finish(job, outcome);
        next();
      })
      .catch(reject);
  }

  #finish(job: string, outcome: Outcome): void {
    if (outcome.state === "done") {
      this.#done.push(job);
      return;
    }
    this.#failed.push(job);
    if (outcome.state === "fatal") this.#stopped ??= outcome.because;
    else this.#skipDescendants(job);
  }

  #skipDescendants(parent: string): void {
    for (const job of this.#work.jobs) {
      if (!this.#left.has(job) || !this.#work.needs(job).includes(parent)) continue;
      this.#skip(job, `${parent} failed`);
      this.#skipDescendants(job);
    }
  }

  #skipRest(): void {
    for (const job of this.#work.jobs)
      if (this.#left.has(job)) this.#skip(job, this.#stopped ?? "it was not reached");
  }

  #skip(job: string, because: string): void {
    this.#left.delete(job);
    this.#skipped.push(job);
    this.#work.onSkip(job, because);
  }

  #result(): QueueResult {
    const lists = { done: this.#done, failed: this.#failed, skipped: this.#skipped };
    return this.#stopped === undefined ? lists : { ...lists, stopped: this.#stopped };
  }
}
