import { type Disk, diskWords, hasNoRoom, KollaError, type KollaErrorParts } from "#support";
import { diskOfEngine, type Engine, MAKE_ROOM } from "../engine/index.ts";
import type { Failure } from "./attempt.ts";

/** Why a build was stopped before its end: what an operator reads, and as JSON what a machine reads. */
export interface Stop extends Pick<KollaErrorParts, "code" | "message" | "hint"> {
  /** A few words for those who were left: "the engine's disk is full". */
  because: string;
}

const SECONDS_TO_ANSWER = 10;
const GOES_ON = "run the same command again: what was built is kept";

export const INTERRUPTED: Stop = {
  code: "KOLLA_BUILD_INTERRUPTED",
  message: "the build was interrupted",
  hint: `To go on, ${GOES_ON}.`,
  because: "the build was interrupted",
};

/** Whether the engine answers at all; one that takes too long does not. */
export function engineAnswers(engine: Engine): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), SECONDS_TO_ANSWER * 1000);
    const end = (answers: boolean) => (): void => {
      clearTimeout(timer);
      resolve(answers);
    };
    engine.version().then(end(true), end(false));
  });
}

/** The engine that does not answer any more, told as what ends a build. */
export function engineGone(socketPath: string): KollaError {
  return new KollaError({
    code: "KOLLA_ENGINE_GONE",
    message: `The container engine at ${socketPath} went away while it built`,
    hint: `See why: journalctl -u docker --since -10min (without systemd: /var/log/kolla-dockerd.log). Start it: systemctl start docker (without systemd: kolla bootstrap-servers). Then ${GOES_ON}.`,
  });
}

/** What stops a build after a failure that no other image can escape. */
export async function stopOf(
  kind: "disk-full" | "engine-gone",
  { error }: Failure,
  engine: Engine,
): Promise<Stop> {
  if (kind === "engine-gone") {
    // It answered when the build began: whichever call noticed, and in whatever words, it has gone away since.
    const { code, message, hint } = engineGone(engine.socketPath);
    return { code, message, ...(hint && { hint }), because: "the container engine went away" };
  }
  if (error?.code === "KOLLA_DISK_FULL")
    return { code: error.code, message: error.message, hint: error.hint ?? "", because: "the disk is full" };
  return engineDiskFull(await diskOfEngine(engine));
}

function engineDiskFull(disk: Disk | undefined): Stop {
  return {
    code: "KOLLA_ENGINE_NO_SPACE",
    message: `The container engine's disk is full${disk ? `: ${wordsOf(disk)}` : ""}`,
    hint: `${MAKE_ROOM}. Then ${GOES_ON}.`,
    because: "the engine's disk is full",
  };
}

/** By the time it is looked at, the engine may have taken away what the step had written. */
function wordsOf(disk: Disk): string {
  return hasNoRoom(disk)
    ? diskWords(disk)
    : `${diskWords(disk)} now that what the step wrote is gone again; it needs more`;
}
