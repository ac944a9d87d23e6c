export * from "./build-client.ts";
export * from "./connect.ts";
export * from "./reference.ts";
export type * from "./types.ts";
