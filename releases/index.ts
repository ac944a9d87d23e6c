import type { Release } from "../src/model/release.ts";
import epoxy from "./2025.1.ts";
import flamingo from "./2025.2.ts";
import gazpacho from "./2026.1.ts";
import hibiscus from "./2026.2.ts";

/** The releases that Kolla knows, by name. Their locks lie in releases/<name>/. */
export const releases: Readonly<Record<string, Release>> = Object.fromEntries(
  [epoxy, flamingo, gazpacho, hibiscus].map((release) => [release.name, release]),
);
