import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Item, ObservedHost } from "#model";
import type { AnsibleSettings } from "../../src/ansible/index.ts";
import { resolveSite } from "../../src/ansible/index.ts";
import { type AppEvent, applySaved, type PreparedRun, prepareSaved, savePlan } from "../../src/app/index.ts";
import { connect } from "../../src/engine/index.ts";
import { makePlan } from "../../src/plan/index.ts";
import { bareHost, site as siteOf } from "../../src/plan/site.fixture.ts";
import {
  agentIsHere,
  ansibleIsHere,
  NO_QUESTIONS,
  operatorWorld,
  removeWorlds,
  settingsFor,
} from "./operator-world.ts";

const hasAnsible = ansibleIsHere();
const hasAgent = hasAnsible && (await agentIsHere());
const SLOW = 120_000;
const KOLLA = "test";
const tell = () => undefined;

afterAll(removeWorlds);

/** What a plan of these items on localhost is saved from. */
function preparedFor(
  settings: AnsibleSettings,
  site: PreparedRun["loaded"]["site"],
  observed: Readonly<Record<string, ObservedHost>>,
  items: readonly Item[],
): PreparedRun {
  const desired = siteOf({ localhost: items });
  const plan = makePlan(desired, observed, { verb: "deploy" });
  const seconds = { resolve: 0, compile: 0, ansible: {} };
  return {
    loaded: {
      settings,
      site,
      desired,
      passing: () => desired,
      observed,
      unreachable: {},
      silent: [],
      values: {},
      warnings: [],
      seconds,
    },
    planned: { plan, states: [desired], changes: [], untold: [] },
    wish: { verb: "deploy" },
  };
}

const NOBODY = { hosts: [], groups: {}, overrides: {}, references: [], configDirectory: "", places: {} };

describe.skipIf(!hasAnsible)("a plan that is saved with a password of Ansible Vault", () => {
  const world = operatorWorld({ "vault-password": "open sesame\n", "other-password": "open barley\n" });
  const file = join(world, "site.plan");
  const withPassword = (name: string) =>
    settingsFor(world, { vault: { ids: [], passwordFiles: [join(world, name)] } });
  const save = (settings: AnsibleSettings) =>
    savePlan(preparedFor(settings, NOBODY, { localhost: bareHost("localhost") }, []), KOLLA, file);
  const read = (settings: AnsibleSettings) => prepareSaved(settings, KOLLA, file, { tell });

  test("is encrypted, and read with that password alone", async () => {
    await save(withPassword("vault-password"));
    expect(readFileSync(file, "utf8")).toMatch(/^\$ANSIBLE_VAULT;1\.1;AES256\n[0-9a-f\n]+$/);
    expect((await read(withPassword("vault-password"))).saved.plan.verb).toBe("deploy");
    for (const settings of [withPassword("other-password"), settingsFor(world)])
      await expect(read(settings)).rejects.toMatchObject({
        code: "KOLLA_SAVED_PLAN_LOCKED",
        where: { file },
      });
  });

  test("is encrypted for the first of several identities", async () => {
    const ids = [`prod@${join(world, "vault-password")}`, `dev@${join(world, "other-password")}`];
    const several = settingsFor(world, { vault: { ids, passwordFiles: [] } });
    await save(several);
    expect(readFileSync(file, "utf8")).toMatch(/^\$ANSIBLE_VAULT;1\.2;AES256;prod\n/);
    expect((await read(several)).saved.kolla).toBe(KOLLA);
  });

  test("is refused when one sign of it was changed, and when its end is missing", async () => {
    const password = withPassword("vault-password");
    await save(password);
    const text = readFileSync(file, "utf8");
    const at = Math.floor(text.length / 2);
    const changed = `${text.slice(0, at)}${text[at] === "3" ? "4" : "3"}${text.slice(at + 1)}`;
    for (const broken of [changed, text.slice(0, at)]) {
      writeFileSync(file, broken);
      await expect(read(password)).rejects.toMatchObject({ code: "KOLLA_SAVED_PLAN_LOCKED" });
    }
  });
});

describe.skipIf(!hasAgent)("a saved plan on this host", () => {
  const engine = connect();
  const VOLUME = "kolla-saved-plan-test";
  const volume = { kind: "volume", id: `volume:${VOLUME}`, name: VOLUME, set: ["test"], needs: [] } as const;
  let settings: AnsibleSettings;
  let file = "";
  beforeAll(() => {
    const world = operatorWorld({ "inventory/hosts": "[control]\nlocalhost ansible_connection=local\n" });
    settings = settingsFor(world, { factsDirectory: join(world, "facts") });
    file = join(world, "site.plan");
  });
  afterEach(() => engine.volumes.remove(VOLUME));

  async function save(): Promise<void> {
    const { site, observed } = await resolveSite(settings, NO_QUESTIONS, () => undefined);
    const seen = observed as Record<string, ObservedHost>;
    await savePlan(preparedFor(settings, site, seen, [volume]), KOLLA, file);
  }
  const hasVolume = async () => (await engine.volumes.list()).some(({ name }) => name === VOLUME);

  test(
    "is done to the letter, once",
    async () => {
      await save();
      const run = await prepareSaved(settings, KOLLA, file, { tell });
      const events: AppEvent[] = [];
      await applySaved(run, { tell: (event) => events.push(event) });
      expect(await hasVolume()).toBe(true);
      expect(events[0]).toMatchObject({ event: "applying", run: expect.stringContaining(run.saved.name) });
      const done = events.flatMap((event) =>
        event.event === "progress" && event.of.event === "step-done" ? [event.of] : [],
      );
      expect(done).toMatchObject([{ host: "localhost", step: 1, what: `volume:${VOLUME} create` }]);
      await expect(prepareSaved(settings, KOLLA, file, { tell })).rejects.toMatchObject({
        code: "KOLLA_SAVED_PLAN_APPLIED",
        hint: "Make a new plan: kolla plan --out FILE.",
      });
    },
    SLOW,
  );

  test(
    "is refused with the difference when the host has moved, and does nothing",
    async () => {
      await save();
      await engine.volumes.create(VOLUME, {});
      await expect(prepareSaved(settings, KOLLA, file, { tell })).rejects.toMatchObject({
        code: "KOLLA_SAVED_PLAN_MOVED",
        message: `volume ${VOLUME}: the plan saw not there; now there`,
        where: { host: "localhost" },
      });
    },
    SLOW,
  );

  test(
    "is refused where the inventory has not its hosts, or they are out of reach",
    async () => {
      await save();
      const inventory = (text: string) => {
        const other = operatorWorld({ "inventory/hosts": text });
        return { ...settings, inventory: [join(other, "inventory/hosts")] };
      };
      const elsewhere = inventory("[control]\nfar ansible_connection=local\n");
      await expect(prepareSaved(elsewhere, KOLLA, file, { tell })).rejects.toMatchObject({
        code: "KOLLA_SAVED_PLAN_SITE",
        hint: "Name the inventory that the plan was made with: -i INVENTORY.",
      });
      const away = inventory(
        "[control]\nlocalhost ansible_host=127.0.0.1 ansible_port=1 ansible_connection=ssh\n",
      );
      await expect(prepareSaved(away, KOLLA, file, { tell })).rejects.toMatchObject({
        code: "KOLLA_PRECHECK_HOST",
        where: { host: "localhost" },
      });
      expect(await hasVolume()).toBe(false);
    },
    SLOW,
  );
});
