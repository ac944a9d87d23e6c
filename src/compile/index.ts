export { type Compiled, compile, type FactsByHost, type Values } from "./compile.ts";
export { type ResolvedOptions, resolveOptions } from "./options.ts";
export { byRuleOptions, optionTable, type TableEntry } from "./rule-options.ts";
