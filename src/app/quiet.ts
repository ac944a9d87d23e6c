import type { HostLock, ObservedHost } from "#model";
import { KollaError, sleep, stopwatch } from "#support";
import { mayTakeOver } from "./control.ts";
import type { Tell } from "./events.ts";

/** How long a run that was left alone on the hosts is waited for: longer than the longest step. */
const WAIT_SECONDS = 900;

/** What a look at hosts found. */
interface Looked {
  observed: Readonly<Record<string, ObservedHost>>;
}

/**
 * Looks once more until no run has the hosts any more. A command that was killed leaves its agents at work; they end
 * their stage by themselves, and only what they leave is worth a plan. A run that only waits for its next stage and is
 * dead, which `takeOver` may say, is passed over. Throws KOLLA_HOST_LOCKED when one goes on too long.
 */
export async function quietly<T extends Looked>(
  look: () => Promise<T>,
  takeOver: string | undefined,
  tell: Tell,
): Promise<T> {
  const waited = stopwatch();
  let said = false;
  for (;;) {
    const found = await look();
    const busy = Object.values(found.observed).find(({ lock }) => lock && !mayTakeOver(lock, takeOver));
    if (!busy?.lock) return found;
    const { words, hint } = lockWords(busy.host, busy.lock);
    if (waited() > WAIT_SECONDS) throw new KollaError({ code: "KOLLA_HOST_LOCKED", message: words, hint });
    if (!said) tell({ event: "waiting", words, hint });
    said = true;
    await sleep(2);
  }
}

function lockWords(host: string, { run, holder, since, until }: HostLock): { words: string; hint: string } {
  const has = `${host}: run ${run} of ${holder} has this host since ${since}`;
  if (until === undefined) return { words: `${has} and works on it`, hint: "Wait for it to end, or end it." };
  return {
    words: `${has} and waits for its next stage, until ${until} at most`,
    hint: `If that run is dead, give the same command --take-over ${run}.`,
  };
}

/** Locks of dead runs that still have hosts, one a run; `takeOver`: one that the operator says is dead. */
export function deadRuns(observed: Looked["observed"], takeOver: string | undefined): HostLock[] {
  const locks = Object.values(observed).flatMap(({ lock }) =>
    lock && mayTakeOver(lock, takeOver) ? [lock] : [],
  );
  return [...new Map(locks.map((lock) => [lock.run, lock])).values()];
}
