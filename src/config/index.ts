export * from "./ini.ts";
export * from "./operator.ts";
export * from "./yaml.ts";
export * from "./yaml-edit.ts";
