export { isCarrierEvent } from "../ansible/index.ts";
export * from "./access.ts";
export { allOptions } from "./all-options.ts";
export type { Carrying } from "./apply.ts";
export { CLOUD_FILES, type CloudValues, cloudFiles, openrcExample } from "./cloud-files.ts";
export { type FileChanges, formatChanges, secretsIn } from "./difference.ts";
export * from "./events.ts";
export { type Look, lookAtHosts, type OnSite, valuesOnSite } from "./explain.ts";
export { bootstrapHosts, type Destroyed, type Destruction, destroySite } from "./hosts.ts";
export { type AssessedSite, assessSite, type LoadedSite, loadSite } from "./load.ts";
export type { LostImages } from "./lost-images.ts";
export { meaningOf, optionInWords, optionsOf } from "./meaning.ts";
export { fillPasswords, mergePasswords, secretsOf } from "./passwords.ts";
export { fillPasswordsFile, mergePasswordsFiles, type PasswordsMerge } from "./passwords-file.ts";
export type { PlannedSite, Wish } from "./plan.ts";
export { writeCloudFiles } from "./post-deploy.ts";
export { absentWarnings, precheckProblems } from "./prechecks.ts";
export { CloudClient, eventually } from "./quickstart/cloud-client.ts";
export { FIRST_CLOUD_DEFAULTS, type FirstCloud } from "./quickstart/first-cloud.ts";
export type { ServerReport } from "./quickstart/first-server.ts";
export {
  type QuickstartEvent,
  type QuickstartReport,
  type QuickstartWish,
  quickstart,
} from "./quickstart/quickstart.ts";
export { type Beginning, makeFirstCloud, whereFirstServer } from "./quickstart/server-on-cloud.ts";
export { type KeptFile, keptInWords, type Writing } from "./quickstart/written-files.ts";
export type { Copies } from "./remembered.ts";
export type { RollbackWish } from "./return-plan.ts";
export {
  type Generations,
  generationsOf,
  lookBackward,
  type PreparedRollback,
  rollBackLocked,
} from "./rollback.ts";
export { checkedSite, lookAhead, type PreparedRun, runLocked } from "./run.ts";
export { applyLocked, applySaved, prepareSaved, type SavedRun, savePlan } from "./saved-run.ts";
export { type NamedVerb, serviceVerbs } from "./service-verbs.ts";
export { logsOf, type SiteStatus, statusOf, unwellOf } from "./status.ts";
export {
  buildStatusTree,
  type ProbeResult,
  probesByHost,
  type StatusContainer,
  type StatusNode,
  unwellIn,
} from "./status-tree.ts";
