import type { Release } from "../src/model/release.ts";
import epoxy from "./2025.1.ts";

/** The releases that Kolla knows, by name. Their locks lie in releases/<name>/. */
export const releases: Readonly<Record<string, Release>> = Object.fromEntries(
  [epoxy].map((release) => [release.name, release]),
);
