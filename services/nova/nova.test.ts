import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ContainerItem, Item } from "#model";
import { compile } from "../../src/compile/index.ts";
import { allInOne } from "../../tests/golden/sites.ts";
import { services } from "../index.generated.ts";

function items(variables: Record<string, unknown> = {}): readonly Item[] {
  const { desired, problems } = compile(services, allInOne(variables), {});
  expect(problems).toEqual([]);
  return desired.hosts[0]?.items ?? [];
}

function textOf(path: string, variables: Record<string, unknown> = {}): string {
  const found = items(variables).find((item) => item.id === `file:/etc/kolla/${path}`);
  expect(found, path).toBeDefined();
  return found?.kind === "file" ? found.content : "";
}

function containerOf(name: string, variables: Record<string, unknown> = {}): ContainerItem {
  const found = items(variables).find((item): item is ContainerItem => item.id === `container:${name}`);
  if (!found) throw new Error(`no container ${name}`);
  return found;
}

const sectionOf = (text: string, name: string): string =>
  text.split(/^(?=\[)/m).find((section) => section.startsWith(`[${name}]`)) ?? "";

test("the API knows cell0 and what is above cells, the conductor the cell itself", () => {
  const api = textOf("nova-api/nova.conf");
  expect(sectionOf(api, "database")).toContain(":3306/nova_cell0\n");
  expect(sectionOf(api, "api_database")).toContain("//nova_api:secret-of-nova_api_database_password@");
  expect(sectionOf(textOf("nova-conductor/nova.conf"), "database")).toContain(":3306/nova\n");
});

test("builds of servers have two minutes before nova-compute lets go of them, and time to stop after", () => {
  expect(textOf("nova-compute/nova.conf")).toContain("\ngraceful_shutdown_timeout = 140\n");
  expect(textOf("nova-api/nova.conf")).not.toContain("graceful_shutdown_timeout");
  for (const name of ["nova_compute", "nova_libvirt"])
    expect(containerOf(name).spec.stopTimeout, name).toBe(160);
});

test("nova-compute knows no database, and reaches libvirt through its socket", () => {
  const text = textOf("nova-compute/nova.conf");
  expect(text).not.toContain("mysql");
  expect(sectionOf(text, "libvirt")).toBe(
    "[libvirt]\nconnection_uri = qemu:///system\nlive_migration_inbound_addr = 10.0.0.10\nvirt_type = qemu\ncpu_mode = none\nnum_pcie_ports = 16\n\n",
  );
});

test("with KVM the CPU is Nova's choice and the device belongs to the servers' group", () => {
  const kvm = { nova_compute_virt_type: "kvm" };
  expect(sectionOf(textOf("nova-compute/nova.conf", kvm), "libvirt")).not.toContain("cpu_mode");
  expect(textOf("nova-libvirt/config.json", kvm)).toContain('"path": "/dev/kvm"');
  expect(textOf("nova-libvirt/config.json")).not.toContain("/dev/kvm");
});

test("only programs under uwsgi send heartbeats from a thread", () => {
  const pthread = (container: string) =>
    sectionOf(textOf(`${container}/nova.conf`), "oslo_messaging_rabbit").includes(
      "heartbeat_in_pthread = true",
    );
  expect(
    ["nova-api", "nova-metadata", "nova-conductor", "nova-scheduler", "nova-compute"].map(pthread),
  ).toEqual([true, true, false, false, false]);
});

test("no container of Nova gets everything, and what runs servers gets no more than it was seen to need", () => {
  const spec = containerOf("nova_libvirt").spec;
  expect(spec.capabilities.filter((name) => name.startsWith("SYS_"))).toEqual([
    "SYS_ADMIN",
    "SYS_CHROOT",
    "SYS_NICE",
    "SYS_PTRACE",
  ]);
  expect(spec.securityOptions).toEqual(["apparmor=unconfined", "no-new-privileges"]);
  expect(containerOf("nova_api").spec.securityOptions).toEqual([]);
  const mounts = containerOf("nova_compute").spec.mounts.map((mount) => mount.source);
  expect(mounts).toContain("/run/libvirt");
  expect(mounts).not.toContain("/run");
});

test("servers live on when libvirt's container ends: libvirt leaves its control groups first", () => {
  const lines = textOf("nova-libvirt/start-libvirt.sh").split("\n");
  const at = (words: string): number => lines.findIndex((line) => line.includes(words));
  expect(at('echo $$ > "$procs"')).toBeGreaterThan(0);
  expect(at("/usr/sbin/libvirtd --listen")).toBeGreaterThan(at('echo $$ > "$procs"'));
  expect(containerOf("nova_libvirt").spec).toMatchObject({ pidMode: "host", cgroupnsMode: "host" });
});

test("libvirt itself ends with its container, also when that is killed", () => {
  const script = textOf("nova-libvirt/start-libvirt.sh");
  expect(script).toMatch(/^ {4}exec setpriv --pdeathsig KILL "\$0" mortal$/m);
  expect(script).toMatch(/^setpriv --pdeathsig KILL \/usr\/sbin\/libvirtd .* &$/m);
});

test("no password is an argument of the job that maps cells", () => {
  const job = items().find((item) => item.id === "job:nova:bootstrap");
  expect(job?.kind === "job" && job.spec.command?.join(" ")).not.toContain("secret-of");
});

test("the job that maps cells is due again when a password changes, and only then", () => {
  const keyOf = (variables: Record<string, unknown>): string => {
    const job = items(variables).find((item) => item.id === "job:nova:bootstrap");
    return job?.kind === "job" ? job.key : "";
  };
  expect(keyOf({})).toMatch(/^\{image\} [0-9a-f]{16}$/);
  expect(keyOf({ nova_api_port: 18774 })).toBe(keyOf({}));
  expect(keyOf({ rabbitmq_password: "other" })).not.toBe(keyOf({}));
});

/**
 * Runs the job's command with a nova-manage that only prints what it was asked, and these cells. The rest of the image
 * is not there either.
 */
function asked(cells: readonly (readonly [name: string, uuid: string])[]): string[] {
  const rows = cells.map(([name, uuid]) => `| ${name} | ${uuid} | rabbit: | mysql: | False |`);
  const table = [
    "+---+",
    "| Name | UUID | Transport URL | Database Connection | Disabled |",
    "+---+",
    ...rows,
  ];
  const fakes = [
    `nova-manage() { echo "$*" >&2; if [ "$2" = list_cells ]; then echo '${table.join("\n")}'; fi; }`,
    "kolla_set_configs() { :; }",
    "sudo() { :; }",
    "export -f nova-manage kolla_set_configs sudo",
  ];
  const job = items().find((item) => item.id === "job:nova:bootstrap");
  const command = (job?.kind === "job" && job.spec.command) || [];
  const { stderr, status } = spawnSync("bash", ["-c", `${fakes.join("\n")}\n"$@"`, "fakes", ...command]);
  expect(status, stderr.toString()).toBe(0);
  return stderr.toString().trim().split("\n");
}

const CELL0 = ["cell0", "00000000-0000-0000-0000-000000000000"] as const;
const OWN = "11111111-1111-1111-1111-111111111111";
const OTHER = "22222222-2222-2222-2222-222222222222";

test("a site without a cell gets one", () => {
  expect(asked([CELL0])).toContain("cell_v2 create_cell --name cell1");
});

test.each([
  ["a cell of that name is told today's addresses", [CELL0, ["other", OTHER], ["cell1", OWN]]],
  ["the only cell is kept, whatever Kolla-Ansible called it", [CELL0, ["None", OWN]]],
] as const)("%s", (_words, cells) => {
  const lines = asked(cells);
  expect(lines).toContain(`cell_v2 update_cell --cell_uuid ${OWN}`);
  expect(lines.join("\n")).not.toContain("create_cell");
});

test("hosts are looked for after all computes are up, by the names that they call themselves", () => {
  const exec = items().find((item) => item.id === "resource:exec:nova:discover-hosts");
  expect(exec?.needs).toContain("aio|container:nova_compute");
  expect(exec?.kind === "resource" && exec.resource.kind === "exec" && exec.resource.command.at(-1)).toBe(
    "aio",
  );
});

test("a compute host without KVM is refused unless servers are emulated", () => {
  const nova = services.find((service) => service.name === "nova");
  const facts = { kernelModules: { kvm: false } } as never;
  const host = { in: (group: string) => group === "compute" };
  const refused = (virt: string) =>
    nova?.checks?.({ opt: { nova_compute_virt_type: virt }, host } as never, facts).length;
  expect([refused("kvm"), refused("qemu")]).toEqual([1, 0]);
});

test("metadata is offered inside only", () => {
  const nova = services.find((service) => service.name === "nova");
  const apis = nova?.declare?.({ nova_console: "none", nova_metadata_port: 8775 } as never).apis ?? [];
  expect(apis.find((api) => api.name === "nova_metadata")).not.toHaveProperty("publicPort");
  expect(apis.map((api) => api.name)).not.toContain("nova_novncproxy");
});

test("serial consoles have a proxy, and computes tell users its address", () => {
  const serial = { enable_nova_serialconsole_proxy: true, nova_serialproxy_public_port: 16083 };
  expect(sectionOf(textOf("nova-compute/nova.conf", serial), "serial_console")).toBe(
    [
      "[serial_console]",
      "enabled = true",
      "base_url = ws://10.0.0.250:16083/",
      "serialproxy_host = 10.0.0.10",
      "proxyclient_address = 10.0.0.10\n\n",
    ].join("\n"),
  );
  expect(containerOf("nova_serialproxy", serial).spec.health?.test).toContain(
    'healthcheck_listen nova-serialproxy "$KOLLA_PORT"',
  );
  expect(textOf("haproxy/services.d/nova_serialproxy.cfg", serial)).toContain("timeout tunnel 10m\n");
  expect(items().map(({ id }) => id)).not.toContain("container:nova_serialproxy");
  expect(textOf("nova-compute/nova.conf")).not.toContain("serial_console");
});

test("console proxies take turns, and each answers for the file of its turn where the load balancer asks", () => {
  const variables = { enable_nova_serialconsole_proxy: true, nova_console_drain_seconds: 7 };
  for (const [name, port, words] of [
    ["novncproxy", 6080, "--vnc-novncproxy_port /usr/share/novnc"],
    ["serialproxy", 6083, "--serial_console-serialproxy_port"],
  ] as const) {
    const { spec, turns } = containerOf(`nova_${name}`, variables);
    expect(turns).toMatchObject({ ports: [port, port + 10000], beside: true, drainSeconds: 7 });
    expect(spec.environment.KOLLA_PORT).toBe(String(port));
    expect(textOf(`nova-${name}/config.json`, variables)).toContain(
      `"command": "bash /etc/nova/start-console.sh /var/lib/kolla/ready nova-${name} ${words}",`,
    );
    // The port is this generation's alone: its files are the same on either.
    expect(textOf(`nova-${name}/nova.conf`, variables)).not.toContain("proxy_port");
    const balanced = textOf(`haproxy/services.d/nova_${name}.cfg`, variables);
    expect(balanced).toContain("http-check send meth GET uri /ready ");
    expect(balanced).toContain(`server aio-spare 10.0.0.10:${port + 10000} `);
  }
});

test("a console proxy serves its pages, and the file of its turn while it is there", () => {
  const folder = mkdtempSync(join(tmpdir(), "kolla-console-"));
  const [script, pages, ready] = ["start-console.sh", "pages", "ready"].map((name) => join(folder, name));
  try {
    mkdirSync(`${pages}`);
    writeFileSync(`${script}`, textOf("nova-novncproxy/start-console.sh"));
    writeFileSync(join(`${pages}`, "vnc.html"), "");
    const started = (...words: string[]) => {
      const env = { ...process.env, KOLLA_PORT: "16080", TMPDIR: folder };
      const { stdout } = spawnSync("bash", [`${script}`, `${ready}`, "echo", "--port", ...words], {
        env,
        encoding: "utf8",
      });
      const [, web = ""] = /^--port 16080 --web (\S+)\n$/.exec(stdout) ?? [];
      return web;
    };
    const web = started(`${pages}`);
    expect(readdirSync(web).sort()).toEqual(["ready", "vnc.html"]);
    expect(existsSync(join(web, "ready"))).toBe(false);
    writeFileSync(`${ready}`, "");
    expect(existsSync(join(web, "ready"))).toBe(true);
    expect(readdirSync(started())).toEqual(["ready"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("metadata is offered outside only when asked", () => {
  const outside = { nova_enable_external_metadata: true, kolla_external_vip_address: "192.0.2.9" };
  const balanced = (variables: Record<string, unknown>) =>
    textOf("haproxy/services.d/nova_metadata.cfg", { kolla_external_vip_address: "192.0.2.9", ...variables });
  expect(balanced(outside)).toContain("bind 192.0.2.9:8775");
  expect(balanced({})).not.toContain("192.0.2.9");
});

test("resources that Nova cannot see come from variables as from the file", () => {
  const own = { meta: { schema_version: "1.0" }, providers: [] };
  const told = textOf("nova-compute/provider_config.yaml", { nova_cell_compute_provider_config: own });
  expect(JSON.parse(told)).toEqual(own);
});
