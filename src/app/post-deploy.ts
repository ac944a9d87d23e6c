import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { KollaError } from "#support";
import { cloudFiles } from "./cloud-files.ts";
import { secretsIn } from "./difference.ts";
import type { LoadedSite } from "./load.ts";
import { readRecord } from "./quickstart/undo.ts";
import { type Writing, writeUnlessEdited } from "./quickstart/written-files.ts";

/**
 * Writes clouds.yaml and the openrc files (0600) into the operator's directory: as Kolla-Ansible always anew, but where
 * quickstart wrote them, not over an edit. Throws KOLLA_INVENTORY_EMPTY.
 */
export function writeCloudFiles({
  values: byHost,
  settings,
}: Pick<LoadedSite, "values" | "settings">): Writing {
  const { configDirectory } = settings;
  const [values] = Object.values(byHost);
  if (!values) throw new KollaError({ code: "KOLLA_INVENTORY_EMPTY", message: "The inventory has no host." });
  const files = Object.fromEntries(
    Object.entries(cloudFiles(values)).map(([name, content]) => [join(configDirectory, name), content]),
  );
  if (readRecord(configDirectory)) return writeUnlessEdited(configDirectory, files, 0o600, secretsIn(values));
  for (const [path, content] of Object.entries(files)) writeFileSync(path, content, { mode: 0o600 });
  return { written: Object.keys(files), kept: [] };
}
