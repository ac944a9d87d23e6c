import { type KollaError, sleep } from "#support";
import { classifyFailure, type FailureKind, kindOfCode, secondsBefore } from "./failure.ts";

export interface Failure {
  message: string;
  log: readonly string[];
  /** Our own account of it, where the cause is not in what was printed. */
  error?: KollaError;
}

export type AttemptResult<T> =
  | { ok: true; value: T; attempts: number }
  | { ok: false; failure: Failure; kind: FailureKind; attempts: number };

export interface AttemptRequest<T> {
  /** How often to try again. */
  retries: number;
  /** One attempt: its value, or how it failed. */
  once: (attempt: number) => Promise<{ ok: true; value: T } | { ok: false; failure: Failure }>;
  onRetry: (because: string, afterSeconds: number) => void;
  /** Seconds before an attempt. */
  pause?: (attempt: number) => number;
  signal?: AbortSignal;
}

/** Tries until it works, cannot heal, or has been tried often enough. */
export async function attempt<T>(request: AttemptRequest<T>): Promise<AttemptResult<T>> {
  const pause = request.pause ?? secondsBefore;
  for (let number = 1; ; number++) {
    const result = await request.once(number);
    if (result.ok) return { ...result, attempts: number };
    const kind = kindOf(result.failure);
    if (kind !== "heals" || number > request.retries)
      return { ok: false, failure: result.failure, kind, attempts: number };
    const seconds = pause(number + 1);
    request.onRetry(lastWords(result.failure), seconds);
    await sleep(seconds, request.signal);
  }
}

function kindOf({ error, log, message }: Failure): FailureKind {
  return (error && kindOfCode(error.code)) ?? classifyFailure([...log, message]);
}

function lastWords(failure: Failure): string {
  return failure.log.at(-1) ?? failure.message;
}
