export { checkSite, type ObservedByHost, siteWarnings } from "./check-site.ts";
export { type Compiled, compile, type FactsByHost, type Values } from "./compile.ts";
export { expendableHosts } from "./expendable.ts";
export { Judge, type Verdict } from "./judge.ts";
export { kernelModulesOf } from "./kernel-modules.ts";
export { absentByDefault } from "./names.ts";
export { type ResolvedOptions, resolveOptions } from "./options.ts";
export { otherDefaultValues, otherServiceOf, ownersOf } from "./other-services.ts";
export { definedNames, kollaAnsible } from "./release-names.ts";
export {
  byRuleOptions,
  containerName,
  containersOf,
  optionTable,
  type TableEntry,
  variableName,
} from "./rule-options.ts";
export { siteLimits } from "./run-limits.ts";
export { teardownsOf } from "./teardowns.ts";
