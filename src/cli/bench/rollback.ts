import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { note } from "../terminal.ts";
import { kolla, lastDocument } from "./command.ts";
import type { Figure } from "./figure.ts";

const UNCHANGED = { name: "deploy where nothing changed", unit: "s", budget: 3 } as const;
const SITE = { name: "rollback of the site, all of OpenStack changed", unit: "s", budget: 180 } as const;
const CONTAINER = { name: "rollback of a container", unit: "s", budget: 10 } as const;
const SET = { name: "rollback of a set (nova)", unit: "s", budget: 60 } as const;

/** What these figures are, before they are measured. */
export const ROLLBACKS: readonly Figure[] = [UNCHANGED, SITE, CONTAINER, SET];

/**
 * Deploys an option that every service of OpenStack takes and rolls it back: of the whole site, and, deployed once more,
 * of one container and of a set. Whole commands are timed. The site is in the end as it was.
 */
export async function rollbackFigures(configdir: string): Promise<Figure[]> {
  const override = join(configdir, "config/global.conf");
  const hadDirectory = existsSync(join(configdir, "config"));
  mkdirSync(join(configdir, "config"), { recursive: true });
  const timed = async (...words: string[]): Promise<number> => {
    note(`Rollback: kolla ${words.join(" ")}`);
    return (await kolla([...words, "--configdir", configdir, "--json"])).seconds;
  };
  const unchanged = await timed("deploy");
  writeFileSync(override, "[DEFAULT]\nlog_date_format = %H:%M\n");
  await timed("deploy");
  const site = await timed("rollback");
  const before = await lastRun(configdir);
  await timed("deploy");
  const container = await timed("rollback", "nova_scheduler");
  const set = await timed("rollback", "nova", "--to", before);
  rmSync(hadDirectory ? override : join(configdir, "config"), { recursive: true });
  await timed("deploy");
  return [
    { ...UNCHANGED, value: unchanged },
    { ...SITE, value: site },
    { ...CONTAINER, value: container },
    { ...SET, value: set },
  ];
}

/** Name of the last run that changed something. */
async function lastRun(configdir: string): Promise<string> {
  const { stdout } = await kolla(["generations", "--configdir", configdir, "--json"]);
  return lastDocument<{ runs: { run: string }[] }>(stdout).runs[0]?.run ?? "";
}
