export * from "./count.ts";
export * from "./disk.ts";
export * from "./errors.ts";
export * from "./graph.ts";
export * from "./group.ts";
export * from "./hash.ts";
export * from "./nearest.ts";
export * from "./time.ts";
