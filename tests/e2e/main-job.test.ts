import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { execa } from "execa";
import { expect, test } from "vitest";
import {
  askingAgainAndAgain,
  engineClient,
  kolla,
  leftovers,
  machineNetwork,
  read,
  root,
} from "./machine.ts";

interface Report {
  server: { status: string; lease: string; metadata: string; ping: string; floatingIp: string };
  changed: boolean;
  seconds: number;
  phases: { name: string; seconds: number; changed: boolean }[];
}

let before = "";

/** Runs the main job with its progress shown, and reads its report. */
async function quickstart(): Promise<Report> {
  const { exitCode, stdout } = await execa(`${root}/tools/quickstart`, ["--json"], {
    reject: false,
    stderr: "inherit",
  });
  expect(exitCode).toBe(0);
  const last = stdout.trim().split("\n").at(-1) ?? "";
  return JSON.parse(last) as Report;
}

test("one command turns this machine into a cloud with a server that works", async () => {
  before = await machineNetwork();
  const report = await quickstart();
  expect(report.server.status).toBe("ACTIVE");
  expect(report.server.lease).toMatch(/^lease 10\.0\.0\.\d+\//);
  expect(report.server.metadata).toMatch(
    /hostname=first-server\S* instance-id=i-.*key=ssh-ed25519.*user-data=hello from kolla/,
  );
  expect(report.server.ping).toMatch(/3 packets transmitted, [1-3] received/);
});

test("the same command again changes nothing", async () => {
  const report = await quickstart();
  expect(report.phases.filter((phase) => phase.changed)).toEqual([]);
});

test("the guest serves a page at its floating IP", async () => {
  const { server } = await quickstart();
  expect(await (await fetch(`http://${server.floatingIp}/`)).text()).toMatch(/hello from first-server/);
});

test("no interface, route or firewall rule that the machine had is touched", async () => {
  const now = new Set((await machineNetwork()).split("\n"));
  expect(before.split("\n").filter((line) => !now.has(line))).toEqual([]);
});

test("a second deploy plans nothing", async () => {
  const { exitCode, stdout } = await kolla("plan");
  expect(stdout).toMatch(/^Nothing to do/);
  expect(exitCode).toBe(0);
});

test("status prints the tree of sets and all are well", async () => {
  const { stdout, exitCode } = await kolla("status");
  expect(exitCode).toBe(0);
  expect(stdout).not.toMatch(/NOT WELL|! /);
  expect(stdout.split("\n")[1]).toMatch(/^site +well/);
  expect(stdout).toMatch(/nova-compute-operation/);
});

test("stop and start act on a set and all in it", async () => {
  const client = await engineClient();
  const running = async (): Promise<string[]> =>
    (await read(client, "ps", "--format", "{{.Names}}"))
      .split("\n")
      .filter((name) => name.startsWith("nova_"));
  const all = await running();
  expect(all.length).toBeGreaterThan(5);
  expect((await kolla("stop", "nova")).exitCode).toBe(0);
  expect(await running()).toEqual([]);
  expect((await kolla("check", "nova")).exitCode).toBe(1);
  expect((await kolla("start", "nova")).exitCode).toBe(0);
  expect((await running()).sort()).toEqual(all.sort());
});

test("a switch that is started again leaves the server in reach", async () => {
  const { server } = await quickstart();
  const client = await engineClient();
  await read(client, "restart", "openvswitch_vswitchd");
  // Within a minute half of it answered: a few are lost while the switch starts, and not for good.
  await read("ping", "-c", "60", "-i", "0.5", "-w", "60", server.floatingIp);
  expect((await kolla("check", "neutron")).exitCode).toBe(0);
});

test("mistakes in globals.yml are told together, with place and nearest name, and no host is touched", async () => {
  const path = "/etc/kolla/globals.yml";
  const good = readFileSync(path, "utf8");
  const lines = good.trimEnd().split("\n").length;
  writeFileSync(path, `${good}fernet_token_expirey: 100\nkeystone_internal_port: high\n`);
  try {
    const { exitCode, stderr } = await kolla("deploy");
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(new RegExp(`globals\\.yml:${lines + 1}.*fernet_token_expirey`));
    expect(stderr).toMatch(/fernet_token_expiry/);
    expect(stderr).toMatch(new RegExp(`globals\\.yml:${lines + 2}.*keystone_internal_port`));
  } finally {
    writeFileSync(path, good);
  }
});

test("a container that does not become healthy is replaced by the one before, and the cause is shown", async () => {
  const client = await engineClient();
  const id = await read(client, "inspect", "--format", "{{.Id}}", "placement_api");
  const override = "/etc/kolla/config/placement.conf";
  mkdirSync("/etc/kolla/config", { recursive: true });
  writeFileSync(override, "[placement_database]\nconnection = nonsense://\n");
  try {
    const { exitCode, stderr } = await kolla("deploy", "-e", "host_health_gate_seconds=25");
    expect(stderr).toMatch(/placement_api/);
    expect(exitCode).toBe(4);
    expect(await read(client, "inspect", "--format", "{{.Id}} {{.State.Running}}", "placement_api")).toBe(
      `${id} true`,
    );
  } finally {
    rmSync(override);
  }
  expect((await kolla("deploy")).exitCode).toBe(0);
  expect((await kolla("plan")).stdout).toMatch(/^Nothing to do/);
});

test("while an API's container is replaced its requests wait, and none fails", async () => {
  const override = "/etc/kolla/config/keystone.conf";
  const address = /OS_AUTH_URL='([^']+)'/.exec(readFileSync("/etc/kolla/admin-openrc.sh", "utf8"))?.[1] ?? "";
  const requests = askingAgainAndAgain(`${address}/v3`, 4);
  writeFileSync(override, "[DEFAULT]\nlog_date_format = %H:%M\n");
  try {
    expect((await kolla("deploy", "-t", "keystone")).exitCode).toBe(0);
  } finally {
    rmSync(override);
  }
  const answers = await requests.stop();
  expect(answers.length).toBeGreaterThan(50);
  expect(answers.filter((answer) => answer !== "200")).toEqual([]);
  expect((await kolla("deploy")).exitCode).toBe(0);
});

test("a run killed with -9 in the middle leaves a site that the next run converges", async () => {
  const override = "/etc/kolla/config/glance.conf";
  writeFileSync(override, "[DEFAULT]\nlog_date_format = %H:%M\n");
  try {
    const run = execa(`${root}/tools/kolla`, ["deploy", "--json"], { reject: false, lines: true });
    for await (const line of run) {
      if (!/"step-started".*container:/.test(line)) continue;
      run.kill("SIGKILL");
      break;
    }
    expect((await run).signal).toBe("SIGKILL");
  } finally {
    rmSync(override);
  }
  expect(await kolla("deploy")).toMatchObject({ exitCode: 0 });
  expect((await kolla("plan")).stdout).toMatch(/^Nothing to do/);
  expect(await kolla("check")).toMatchObject({ exitCode: 0 });
});

test("destroy leaves no container, volume, namespace, bridge or file", async () => {
  expect((await kolla("destroy")).exitCode).toBe(2);
  const { exitCode, stderr } = await kolla("destroy", "--yes-i-really-really-mean-it", "--servers-too");
  expect(stderr).not.toMatch(/KOLLA_/);
  expect(exitCode).toBe(0);
  expect(await leftovers()).toEqual({
    containers: [],
    volumes: [],
    namespaces: [],
    interfaces: [],
    files: [],
  });
  expect(await machineNetwork()).toBe(before);
});
