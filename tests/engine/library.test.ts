import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LABEL } from "#model";
import {
  type AppEvent,
  destroySite,
  fillPasswordsFile,
  generationsOf,
  lookAhead,
  type PreparedRun,
  rollBackLocked,
  runLocked,
  settingsFor,
  statusOf,
  unwellOf,
} from "../../src/app/index.ts";
import { connect } from "../../src/engine/index.ts";
import { agentIsHere, ansibleIsHere, operatorWorld, removeWorlds } from "./operator-world.ts";

const hasAgent = ansibleIsHere() && (await agentIsHere());
const CONTAINER = "cron";
const IMAGES = [CONTAINER, "kolla-toolbox"];
const isOurs = hasAgent && (await isHostOurs());

/** Whether the images are here, and nothing that Kolla made: at its end this host is emptied. Says what keeps it from that. */
async function isHostOurs(): Promise<boolean> {
  const engine = connect();
  const ids = await Promise.all(IMAGES.map((name) => engine.imageId(`kolla/${name}:2025.1-debian-trixie`)));
  const others = (await engine.containers(true)).filter(({ labels }) => labels[LABEL.managed] !== undefined);
  const why = [
    ...(ids.includes(undefined)
      ? [`not all of ${IMAGES.join(", ")} are built; \`kolla build\` does it`]
      : []),
    ...(others.length > 0
      ? [`containers of Kolla's are on this host: ${others.map(({ name }) => name).join(", ")}`]
      : []),
  ];
  for (const words of why) process.stderr.write(`\nSKIPPED: ${words}\n`);
  return why.length === 0;
}

/** A site of one small service, which needs no other. */
const GLOBALS = `
kolla_internal_vip_address: 127.0.0.1
network_interface: lo
enable_haproxy: false
enable_openstack_core: false
enable_mariadb: false
enable_rabbitmq: false
enable_memcached: false
`;

/** What the command does and a web page would do: nothing of this is printed by what it calls. */
describe.skipIf(!isOurs)("the application, called as a library on this host", () => {
  const directory = operatorWorld({ "etc/globals.yml": GLOBALS });
  const configDirectory = join(directory, "etc");
  const told: AppEvent[] = [];
  const tell = (event: AppEvent): void => void told.push(event);
  const settings = settingsFor(
    {
      inventory: [],
      configDirectory,
      root: join(import.meta.dirname, "../.."),
      extraVars: [],
      vault: { ids: [], passwordFiles: [] },
      become: false,
      verbosity: 0,
    },
    "deploy",
  );
  const asked = (retries: number) => ({
    ...settings,
    extraVars: [`default_container_healthcheck_retries=${retries}`],
  });
  const approve = async (): Promise<void> => undefined;
  const stepsOf = ({ planned }: Pick<PreparedRun, "planned">): string[] =>
    planned.plan.steps.map(({ kind, verb }) => `${kind} ${verb}`);
  const deploy = async (retries: number) =>
    stepsOf(await runLocked(asked(retries), { verb: "deploy" }, approve, { tell }));
  const generation = async () => (await connect().inspect(CONTAINER))?.labels.kolla_generation;
  beforeAll(() => {
    fillPasswordsFile(join(configDirectory, "passwords.yml"));
  });
  afterAll(async () => {
    await destroySite(settings, { includeImages: false, serversToo: false, takeOver: undefined }, tell);
    removeWorlds();
  });

  test("deploys what it planned, and then there is nothing to do", async () => {
    const ahead = await lookAhead(settings, { verb: "deploy" }, tell);
    expect(ahead.planned.plan.steps.length).toBeGreaterThan(0);
    expect(await generation()).toBeUndefined();
    expect(await deploy(3)).toContain("container create");
    expect(await deploy(3)).toEqual([]);
    const { tree, unreachable } = await statusOf(settings, []);
    expect(unwellOf({ tree, unreachable })).toEqual([]);
    expect(told.map(({ event }) => event)).toEqual(
      expect.arrayContaining(["loaded", "applying", "progress"]),
    );
  });

  test("rolls back what it deployed, and remembers it", async () => {
    expect(await deploy(5)).toEqual(["container replace", "gate await", "container replace", "gate await"]);
    expect(await generation()).toBe("2");
    const back = await rollBackLocked(settings, { names: [CONTAINER] }, approve, { tell });
    expect(stepsOf(back)).toEqual(["container replace", "gate await"]);
    expect(await generation()).toBe("3");
    const { kept, runs } = await generationsOf(settings, [CONTAINER]);
    expect(kept).toEqual([{ host: "localhost", container: CONTAINER, serving: 3, generations: [3, 2, 1] }]);
    expect(runs.map(({ verb }) => verb)).toEqual(["rollback", "deploy", "deploy"]);
  });
});
