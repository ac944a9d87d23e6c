import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { engineClient } from "../../dev/hosts/engine.ts";
import { eventually } from "../../src/app/quickstart/cloud-client.ts";
import { PAUSES } from "../../src/cli/bench/load/load.ts";
import { wholeInTurn } from "../turns.ts";
import { kolla, leftovers, NOTHING_LEFT, type Outcome, read } from "./machine.ts";
import { expectServer, quickstart } from "./report.ts";
import {
  APIS_OPTION,
  type AskedCloud,
  cloudIn,
  expectNothingLost,
  expectServerUnmoved,
  replacedUnderLoad,
  tell,
  underLoad,
} from "./under-load.ts";

const replacing = wholeInTurn("generations under load", 27, "under-load");
const CONFIG = "/etc/kolla";
let cloud: AskedCloud;

replacing("a cloud is there", async () => {
  const report = await quickstart();
  expectServer(report);
  cloud = cloudIn(CONFIG, report.server);
});

replacing("every API is replaced under load: no request fails, none is done twice", async () => {
  const deploy = (): Promise<Outcome> => kolla("deploy", "-e", `${APIS_OPTION}=81`);
  await replacedUnderLoad("replaced, light", cloud, deploy);
});

// Its waits are those of a machine whose processors are busy with the clients: told, and no measure.
replacing(
  "the same with clients that keep the machine busy, back to what the site is configured for",
  async () => {
    await replacedUnderLoad("replaced, busy", cloud, () => kolla("deploy"), PAUSES.busy);
  },
);

/** Id of a container and whether it runs. */
const life = (name: string): Promise<string> =>
  read(engineClient(), "inspect", "--format", "{{.Id}} {{.State.Running}}", name);

/** Deploys under load what must not serve: the API that serves stays, and no request fails. */
async function refusedUnderLoad(api: string, path: string, text: string): Promise<Outcome> {
  const before = await life(api);
  const file = join(CONFIG, "config", path);
  const made = mkdirSync(dirname(file), { recursive: true }) ?? file;
  writeFileSync(file, text);
  const words = ["deploy", "-e", "host_health_gate_seconds=25"];
  const { findings, value } = await underLoad(cloud, () => kolla(...words)).finally(() =>
    rmSync(made, { recursive: true }),
  );
  tell(`${api} with ${path}`, findings);
  expect(value.exitCode, value.stderr.slice(-3000)).toBe(4);
  expect(await life(api)).toEqual(before);
  expectNothingLost(findings);
  expectServerUnmoved(findings);
  return value;
}

replacing("a generation that never gets healthy changes nothing for clients", async () => {
  const { stderr } = await refusedUnderLoad(
    "placement_api",
    "placement.conf",
    "[placement_database]\nconnection = nonsense://\n",
  );
  expect(stderr).toMatch(/placement_api: .*; generation \d+ serves on/);
});

/** Its list of versions, which is what health checks ask for, is no program: each request ends in a 500. */
const BROKEN_PIPELINE = `[composite:neutron]
use = egg:Paste#urlmap
/: broken

[app:broken]
paste.app_factory = builtins:dict
`;

replacing("a generation that answers 500 changes nothing for clients", async () => {
  const { stderr } = await refusedUnderLoad("neutron_server", "neutron/api-paste.ini", BROKEN_PIPELINE);
  expect(stderr).toMatch(/neutron_server: .*; generation \d+ serves on/);
});

// It has served by then, and the one before was stopped: the run is over, and the engine starts it again.
replacing("a generation that dies 20 s after its start is started again, and no request fails", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kolla-dies-"));
  const path = join(folder, "dies.pth");
  writeFileSync(path, "import signal; signal.alarm(20)\n");
  const volume = `${path}:/usr/lib/python3/dist-packages/dies.pth:ro`;
  const extra = JSON.stringify({ placement_api_extra_volumes: [volume] });
  const deaths = (): Promise<string> =>
    read(engineClient(), "inspect", "--format", "{{.RestartCount}}", "placement_api");
  try {
    const { findings, value } = await underLoad(cloud, async () => {
      const outcome = await kolla("deploy", "-e", extra);
      await eventually("its end", 60, async () => (Number(await deaths()) > 0 ? true : undefined));
      return outcome;
    });
    tell("placement_api dies 20 s after its start", findings);
    expect(value.exitCode, value.stderr.slice(-3000)).toBe(0);
    expectNothingLost(findings);
    expectServerUnmoved(findings);
  } finally {
    const { exitCode } = await kolla("deploy");
    rmSync(folder, { recursive: true });
    expect(exitCode).toBe(0);
  }
});

replacing("destroy leaves nothing", async () => {
  expect((await kolla("plan")).stdout).toMatch(/^Nothing to do/);
  const { exitCode } = await kolla("destroy", "--yes-i-really-really-mean-it", "--servers-too");
  expect(exitCode).toBe(0);
  expect(await leftovers()).toEqual(NOTHING_LEFT);
});
