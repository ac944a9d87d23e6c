export * from "./bundle.ts";
export { courseOf } from "./course.ts";
export { type FileChange, withFileChanges } from "./file-changes.ts";
export * from "./format.ts";
export * from "./make.ts";
export { type PhasedSite, planPhases } from "./phases.ts";
export type { PlanRequest } from "./request.ts";
