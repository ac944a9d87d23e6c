import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { wholeInTurn } from "../turns.ts";
import { readOn } from "./machine.ts";
import { MadeCluster } from "./made-cluster.ts";

const test = wholeInTurn("bootstrap-servers", 3, "debian-13");
const hosts = new MadeCluster("kolla-bootstrap");

beforeAll(async () => {
  await hosts.developer("down");
  await hosts.up("control01");
}, 20 * 60_000);

afterAll(() => hosts.developer("down"));

const onHost = (command: string): Promise<string> => readOn(hosts.at("control01"), "sh", "-c", command);
const bootstrap = (...words: string[]) => hosts.onSite("bootstrap-servers", ...words);

/** What an operator has in globals.d; the numbers and flags as text, as he may write them. */
function variables(noProxy: string): void {
  const authority = join(hosts.cluster.paths.configDirectory, "authority.pem");
  writeFileSync(authority, "an authority\n");
  const wanted = {
    docker_http_proxy: "http://proxy.example:3128",
    docker_no_proxy: noProxy,
    docker_registry_mirrors: ["https://mirror.example"],
    docker_registry_ca: authority,
    docker_debug: "yes",
    docker_ulimit_nofile: "yes",
    docker_ulimit_nofile_soft: 1024,
    docker_ulimit_nofile_hard: "4096",
    ubuntu_pkg_install: ["jq", "{% if false %}nothing{% endif %}"],
    ubuntu_pkg_removals: ["jq-is-not-this"],
    create_kolla_user: "yes",
    kolla_user: "stack",
    kolla_group: "stackers",
  };
  const directory = join(hosts.cluster.paths.configDirectory, "globals.d");
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "host.yml"), JSON.stringify(wanted));
}

const SETTINGS = `docker info --format '{{.HTTPProxy}} {{.NoProxy}} {{.Debug}} {{.RegistryConfig.Mirrors}}'`;

test("bootstrap-servers makes a host of a bare one as the operator's variables say", async () => {
  variables("10.0.0.1,localhost");
  const { exitCode, stderr } = await bootstrap();
  expect(exitCode, stderr.slice(-3000)).toBe(0);
  expect(await onHost(SETTINGS)).toBe(
    "http://proxy.example:3128 10.0.0.1,localhost true [https://mirror.example/]",
  );
  const limits = JSON.parse(await onHost("cat /etc/docker/daemon.json"))["default-ulimits"];
  expect(limits).toEqual({ nofile: { Name: "nofile", Soft: 1024, Hard: 4096 } });
  expect(await onHost("cat /etc/docker/certs.d/*/ca.crt")).toBe("an authority");
  expect(await onHost("dpkg -s jq | grep ^Status")).toBe("Status: install ok installed");
  expect(await onHost("su stack -c 'id -gn; sudo -n id -u; docker version --format {{.Client.Os}}'")).toBe(
    "stackers\n0\nlinux",
  );
  expect(await onHost("stat -c '%U:%G' /etc/kolla ~stack/.ssh/authorized_keys")).toBe(
    "stack:stackers\nstack:stackers",
  );
});

test("a second one changes nothing, and an engine takes other proxies when it may be restarted", async () => {
  expect((await bootstrap()).stderr).not.toMatch(/^ {2}control01:/m);
  variables("localhost");
  expect((await bootstrap()).stderr).toContain("the engine runs with other settings");
  expect(await onHost(SETTINGS)).toContain(" 10.0.0.1,localhost ");
  await bootstrap("-e", "kolla_bootstrap_engine_restart=true");
  expect(await onHost(SETTINGS)).toContain(" localhost ");
});
