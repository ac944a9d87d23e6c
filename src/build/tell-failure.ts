import type { BuildFailure } from "#model";
import type { Where } from "#support";
import type { Failure } from "./attempt.ts";
import { logPath } from "./build-image.ts";
import type { FailureKind } from "./failure.ts";
import type { BuildSettings } from "./settings.ts";

export interface FailedImage {
  image: string;
  failure: Failure;
  kind: FailureKind;
  attempts: number;
  /** Where the failing instruction was written. */
  where?: Where | undefined;
}

const NO_ROOM = "It found no room on the engine's disk; what to do about that stands below.";

/** What an operator is told of an image that failed: its own account where there is one, else what it printed. */
export function tellFailure(
  { image, failure, kind, attempts, where }: FailedImage,
  settings: Pick<BuildSettings, "logs_dir">,
): BuildFailure {
  const { error, message, log } = failure;
  const logs = settings.logs_dir
    ? `All that it printed: ${logPath(settings.logs_dir, image)}`
    : `To see all that it prints: kolla build ${image} --logs-dir DIRECTORY`;
  return {
    code: error?.code ?? "KOLLA_BUILD_STEP",
    message,
    log,
    hint: error?.hint ?? (kind === "disk-full" ? NO_ROOM : `${adviceFor(kind, attempts, where)} ${logs}`),
    ...(where && { where }),
  };
}

function adviceFor(kind: FailureKind, attempts: number, where: Where | undefined): string {
  if (kind === "heals")
    return `A network or a server failed ${attempts} ${attempts === 1 ? "time" : "times"}: run the same command again.`;
  return `Mend ${where ? "that line" : "it"} and run the same command again: what was built is kept.`;
}
