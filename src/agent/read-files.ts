import { normalize } from "node:path";
import { KollaError } from "#support";
import { comingContent, isOperators } from "./files.ts";
import type { Ground } from "./ground.ts";

/** Texts of configuration that Kolla wrote on this host; null for a file that is not there. Throws KOLLA_AGENT_USAGE for any other path. */
export function readFiles(ground: Ground, paths: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(
    paths.map((path) => {
      if (normalize(path) !== path || isOperators(path)) throw refused(path);
      return [path, comingContent(ground, path)?.toString("utf8") ?? null];
    }),
  );
}

function refused(path: string): KollaError {
  return new KollaError({ code: "KOLLA_AGENT_USAGE", message: `${path} is no configuration of Kolla's` });
}
