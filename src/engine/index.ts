export * from "./build-client.ts";
export * from "./connect.ts";
export { MAKE_ROOM } from "./errors.ts";
export * from "./reference.ts";
export * from "./room.ts";
export { bareSpec } from "./spec.ts";
export type * from "./types.ts";
