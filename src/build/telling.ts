import type { BuildEvent, Project } from "#model";
import { runBuild } from "./run.ts";
import type { BuildSettings } from "./settings.ts";
import type { BuildSummary } from "./summary.ts";

/** What those are told who watch a build that may be a part of something greater. One that throws has no end. */
export type BuildTold =
  | { event: "building"; settings: BuildSettings }
  | { event: "build"; of: BuildEvent }
  | { event: "build-ended"; summary: BuildSummary };

/** How a build is watched. */
export interface BuildWatching {
  tell: (told: BuildTold) => void;
  /** Ends the build: nothing more is started. */
  signal?: AbortSignal;
}

/** Does what runBuild does, told with its beginning and its end. Throws what that throws. */
export async function tellBuild(
  settings: BuildSettings,
  projects: readonly Project[],
  { tell, signal }: BuildWatching,
): Promise<BuildSummary> {
  tell({ event: "building", settings });
  const summary = await runBuild(settings, projects, (of) => tell({ event: "build", of }), signal);
  tell({ event: "build-ended", summary });
  return summary;
}
