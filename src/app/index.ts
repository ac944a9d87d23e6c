export * from "./access.ts";
export type { Carrying } from "./apply.ts";
export { type FileChanges, formatChanges, secretsIn } from "./difference.ts";
export * from "./events.ts";
export { type Look, lookAtHosts, type OnSite, valuesOnSite } from "./explain.ts";
export { bootstrapHosts, type Destruction, destroyHosts } from "./hosts.ts";
export { type AssessedSite, assessSite, type LoadedSite, loadSite } from "./load.ts";
export type { LostImages } from "./lost-images.ts";
export type { PlannedSite, Wish } from "./plan.ts";
export { precheckProblems } from "./prechecks.ts";
export type { Copies } from "./remembered.ts";
export type { RollbackWish } from "./return-plan.ts";
export {
  carryOutRollback,
  type Generations,
  generationsOf,
  lookBackward,
  type PreparedRollback,
  prepareRollback,
} from "./rollback.ts";
export {
  carryOut,
  lookAhead,
  type PreparedRun,
  prepareRun,
} from "./run.ts";
export { applySaved, prepareSaved, type SavedRun, savePlan } from "./saved-run.ts";
export { withSiteLock } from "./site-lock.ts";
export { logsOf, type SiteStatus, statusOf, unwellOf } from "./status.ts";
export {
  buildStatusTree,
  type ProbeResult,
  probesByHost,
  type StatusContainer,
  type StatusNode,
  unwellIn,
} from "./status-tree.ts";
