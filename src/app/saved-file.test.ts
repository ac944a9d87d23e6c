import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { settingsFor } from "./access.ts";
import { loadSaved, writeSaved } from "./saved-file.ts";
import type { SavedPlan } from "./saved-plan.ts";
import { prepareSaved } from "./saved-run.ts";

const directory = mkdtempSync(join(tmpdir(), "saved-plan-"));
const vault = { ids: [], passwordFiles: [] };
const access = {
  configDirectory: directory,
  inventory: [],
  extraVars: [],
  vault,
  become: false,
  verbosity: 0,
};
const settings = settingsFor({ ...access, root: directory }, "apply");
const saved: SavedPlan = {
  name: "20261126040000-0a1b2c3d",
  kolla: "1",
  madeAt: "2026-11-26T04:00:00Z",
  configDirectory: directory,
  isWhole: true,
  plan: {
    from: {},
    to: {},
    verb: "deploy",
    steps: [],
    undoes: [],
    left: [],
    moves: [],
    finishes: [],
    former: [],
  },
  bundles: [],
  seen: {},
};

test("a saved plan is its owner's alone, also where a file that others could read was there, and comes back", async () => {
  const file = join(directory, "site.plan");
  writeFileSync(file, "old", { mode: 0o644 });
  await writeSaved(settings, saved, file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await loadSaved(settings, "1", file)).toEqual(saved);
  expect(readdirSync(directory)).toEqual(["site.plan"]);
});

test("what cannot be written or read is told with its file", async () => {
  const nowhere = join(directory, "none/site.plan");
  await expect(writeSaved(settings, saved, nowhere)).rejects.toMatchObject({
    code: "KOLLA_SAVED_PLAN_WRITE",
    where: { file: nowhere },
  });
  await expect(loadSaved(settings, "1", nowhere)).rejects.toMatchObject({
    code: "KOLLA_SAVED_PLAN_MISSING",
    hint: "kolla plan --out FILE makes one.",
  });
});

test("an encrypted plan asks for its password", async () => {
  const file = join(directory, "locked.plan");
  writeFileSync(file, "$ANSIBLE_VAULT;1.1;AES256\n00\n");
  await expect(loadSaved(settings, "1", file)).rejects.toMatchObject({ code: "KOLLA_SAVED_PLAN_LOCKED" });
});

test("a plan of another operator's directory is refused before anything is looked at", async () => {
  const file = join(directory, "other.plan");
  await writeSaved(settings, { ...saved, configDirectory: "/srv/other" }, file);
  const tell = () => undefined;
  await expect(prepareSaved(settings, "1", file, { tell })).rejects.toMatchObject({
    code: "KOLLA_SAVED_PLAN_SITE",
    message: `the plan is of the site of /srv/other, and this is that of ${directory}`,
  });
  expect(readFileSync(file, "utf8")).toContain("/srv/other");
});
