import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import script from "./backup.sh";

/** Stands for mariadb-backup: streams what it was asked for, and says how far it came. Fails in the middle when told. */
const DUMP = `#!/bin/bash
for word in "$@"; do
    [[ $word == --extra-lsndir=* ]] && mkdir -p "\${word#*=}" && printf 'from_lsn = 1\\nto_lsn = %s\\n' "$LSN" > "\${word#*=}/mariadb_backup_checkpoints"
    [[ $word == --incremental-lsn=* ]] && echo "since \${word#*=}"
done
echo data
exit "\${BREAKS:-0}"
`;

let root: string;
let second: number;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "kolla-backup-"));
  second = 1_800_000_000;
  for (const name of ["bin", "backup", "data"]) mkdirSync(join(root, name));
  writeFileSync(join(root, "data/ibdata1"), "");
  const program = (name: string, text: string): void =>
    writeFileSync(join(root, "bin", name), text, { mode: 0o755 });
  program("mariadb-backup", DUMP);
  program("mariadbd", "#!/bin/sh\necho 'mariadbd  Ver 11.8.9-MariaDB for debian'\n");
  // Each backup is of a later second, whatever the clock says.
  program("date", '#!/bin/sh\n[ "$1" = +%s ] && echo "$NOW" || exec /usr/bin/date -u "$@"\n');
});
afterEach(() => rmSync(root, { recursive: true }));

interface Asked {
  type?: "full" | "incremental";
  kept?: number;
  days?: number;
  breaks?: boolean;
  later?: number;
}

/** Runs the script; what it prints last, and what it says when it refuses. */
function backup({ type = "full", kept = 0, days = 0, breaks = false, later = 60 }: Asked = {}) {
  second += later;
  const inHere = script
    .replace("backups=/backup", `backups=${root}/backup`)
    .replace("data=/var/lib/mysql", `data=${root}/data`);
  const { status, stdout, stderr } = spawnSync("bash", ["-c", inHere], {
    encoding: "utf8",
    env: {
      PATH: `${root}/bin:${process.env.PATH}`,
      NOW: String(second),
      LSN: String(second),
      BREAKS: breaks ? "1" : "0",
      BACKUP_TYPE: type,
      BACKUP_ADDRESS: "10.0.0.1",
      BACKUP_PORT: "3306",
      BACKUP_USER: "backup",
      BACKUP_PASSWORD: 'a "word" \\ more',
      BACKUP_KEPT: String(kept),
      BACKUP_DAYS: String(days),
    },
  });
  for (const file of files())
    if (file.includes(String(second))) utimesSync(join(root, "backup", file), second, second);
  return { status, stderr, name: /^\S+(?=:)/.exec(stdout)?.[0] ?? "" };
}

const files = (): string[] => readdirSync(join(root, "backup")).sort();
const whole = (...names: string[]): string[] => names.flatMap((name) => [name, `${name}.info`]).sort();
const factsOf = (name: string): string => readFileSync(join(root, "backup", `${name}.info`), "utf8");

describe("a backup", () => {
  test("is there with what it is, under Kolla-Ansible's name", () => {
    const { status, name } = backup();
    expect([status, name]).toEqual([0, "mysqlbackup-15-01-2027-1800000060.qp.mbc.mbs.gz"]);
    expect(files()).toEqual(whole(name));
    expect(factsOf(name)).toMatch(
      /^type=full\nfull=(\S+)\nbase=\nlineage=\S+\nfrom_lsn=1\nto_lsn=1800000060\n/,
    );
    expect(factsOf(name)).toContain("\nversion=11.8.9\n");
  });

  test("of what changed builds on the newest before it, whatever that is", () => {
    const [full, one, two] = [backup(), backup({ type: "incremental" }), backup({ type: "incremental" })];
    expect(factsOf(one.name)).toContain(`full=${full.name}\nbase=${full.name}\n`);
    expect(factsOf(two.name)).toContain(`full=${full.name}\nbase=${one.name}\n`);
    const { stdout } = spawnSync("gunzip", ["-c", join(root, "backup", two.name)], { encoding: "utf8" });
    expect(stdout).toBe("since 1800000120\ndata\n");
  });

  test("of what changed needs one of the same data", () => {
    expect(backup({ type: "incremental" })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("make a full one first"),
    });
    backup();
    rmSync(join(root, "data/ibdata1"));
    writeFileSync(join(root, "other"), "");
    writeFileSync(join(root, "data/ibdata1"), "");
    expect(backup({ type: "incremental" })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("make a full one first"),
    });
  });

  test("that breaks leaves nothing, and the next takes away what a killed one left", () => {
    expect(backup({ breaks: true }).status).not.toBe(0);
    expect(files()).toEqual([]);
    writeFileSync(join(root, "backup/mysqlbackup-1.qp.mbc.mbs.gz.part"), "half");
    const { name } = backup();
    expect(files()).toEqual(whole(name));
  });
});

describe("what is not kept goes with all that builds on it", () => {
  test("by count", () => {
    const [, , second] = [
      backup(),
      backup({ type: "incremental" }),
      backup(),
      backup({ type: "incremental" }),
    ];
    const last = backup({ kept: 2 });
    expect(files().filter((name) => name.startsWith("mysql"))).toEqual(whole(second.name, last.name));
    expect(files()).toHaveLength(6);
  });

  test("by age, but for the newest", () => {
    const old = backup();
    backup({ type: "incremental" });
    const day = 86_400;
    const young = backup({ days: 3, later: 2 * day });
    expect(files()).toContain(old.name);
    const next = backup({ days: 3, later: 2 * day });
    expect(files()).toEqual(whole(young.name, next.name));
    const alone = backup({ days: 3, later: 9 * day });
    expect(files()).toEqual(whole(alone.name));
  });
});
