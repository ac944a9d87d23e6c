export * from "./apply.ts";
export * from "./ask.ts";
export { findAnsible } from "./command.ts";
export { askLookups } from "./lookups.ts";
export type { PlaybookOutcome } from "./playbook.ts";
export * from "./resolve.ts";
export * from "./settings.ts";
export { foldUnresolved } from "./unresolved.ts";
export { hasVaultPassword, isVaulted, vaultDecrypt, vaultEncrypt } from "./vault.ts";
