export * from "./bundle.ts";
export * from "./format.ts";
export * from "./make.ts";
export type { PlanRequest } from "./request.ts";
