import type { Copies, LostImages } from "../app/index.ts";

/** Whose past is that of this machine's copy, and how old that is; a line a host. */
export function copyLines(copies: Copies): string[] {
  return Object.entries(copies).map(
    ([host, { at, lastRun }]) =>
      `${host} remembers nothing: its past is from the copy on this machine, as of ${lastRun === undefined ? "" : `run ${lastRun}, `}${at}.`,
  );
}

/** Which images a rollback pulls before anything moves; a line each. */
export function lostLines(lost: LostImages): string[] {
  return Object.entries(lost).flatMap(([host, images]) =>
    Object.keys(images).map(
      (name) => `${host} has lost ${name}: it is pulled first, and is refused if it is another image by now.`,
    ),
  );
}
