import { expect, test } from "vitest";
import type { ContainerItem, Entry, FileItem, Item } from "#model";
import { formatError } from "#support";
import { compile } from "../../src/compile/index.ts";
import { allInOne, host, site } from "../../tests/golden/sites.ts";
import { services } from "../index.generated.ts";
import keystone from "./keystone.ts";

function itemsOf(hosts: Parameters<typeof site>[0], at = 0): readonly Item[] {
  const { desired, problems } = compile(services, site(hosts), {});
  expect(problems).toEqual([]);
  return desired.hosts[at]?.items ?? [];
}

const three = (variables: Record<string, unknown> = {}) =>
  ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map((address, at) =>
    host(`control0${at + 1}`, address, { kolla_internal_vip_address: "10.0.0.250", ...variables }),
  );

function textOf(items: readonly Item[], path: string): string {
  const found = items.find((item): item is FileItem => item.id === `file:/etc/kolla/${path}`);
  expect(found, path).toBeDefined();
  return found?.content ?? "";
}

function containerOf(items: readonly Item[], name: string): ContainerItem {
  const found = items.find((item): item is ContainerItem => item.id === `container:${name}`);
  if (!found) throw new Error(`no container ${name}`);
  return found;
}

test("keystone.conf says how long tokens live and how many keys that takes", () => {
  const text = textOf(itemsOf(three({ fernet_key_rotation_interval: 86_400 })), "keystone/keystone.conf");
  expect(text).toContain("expiration = 86400\nallow_expired_window = 172800\n");
  expect(text).toContain("max_active_keys = 5\n");
  expect(text).toContain(
    "mysql+pymysql://keystone:secret-of-keystone_database_password@10.0.0.250:3306/keystone",
  );
  expect(text).toContain("memcache_servers = 10.0.0.1:11211,10.0.0.2:11211,10.0.0.3:11211\n");
});

test("the API listens on the host's API address only", () => {
  const text = textOf(itemsOf(three(), 1), "keystone/keystone-uwsgi.ini");
  expect(text).toContain("http-socket = 10.0.0.2:$(KOLLA_PORT)\n");
  expect(text).toContain("module = keystone.wsgi.api:application\n");
  expect(text).toContain("add-header = Connection: close\n");
});

test("a host gives its keys to the others, not to itself", () => {
  const items = itemsOf(three(), 1);
  expect(textOf(items, "keystone-fernet/fernet-hosts")).toBe("10.0.0.1\n10.0.0.3\n");
  expect(textOf(items, "keystone-fernet/crontab")).toContain(
    "\n20 * * * * root /usr/bin/fernet-rotate.sh 259200 ",
  );
});

test("keys are made by a job that runs once, on the first host only", () => {
  const jobs = [0, 1, 2].map((at) => itemsOf(three(), at).filter((item) => item.kind === "job"));
  const setup = jobs.map((all) => all.filter((item) => item.id === "job:keystone:fernet-setup"));
  expect(setup.map((found) => found.length)).toEqual([1, 0, 0]);
  expect(setup[0]?.[0]).toMatchObject({ key: "once" });
});

test("the first keys are only made when neither this host nor another one has any", () => {
  const lines = textOf(itemsOf(three()), "keystone-fernet/fernet-setup.sh").split("\n");
  const at = (words: string): number => lines.findIndex((line) => line.includes(words));
  expect(at("fernet-node-sync.sh --once")).toBeGreaterThan(0);
  expect(at("exit 0")).toBeGreaterThan(at("fernet-node-sync.sh --once"));
  expect(at("fernet_setup")).toBeGreaterThan(at("exit 0"));
});

test("the administrator's password is not among the arguments of a command", () => {
  const { desired } = compile(services, allInOne(), {});
  const exec = desired.hosts[0]?.items.find(
    (item) => item.id === "resource:exec:keystone:bootstrap-identity",
  );
  if (exec?.kind !== "resource" || exec.resource.kind !== "exec") throw new Error("no such command");
  expect(exec.resource.command.join(" ")).not.toContain("secret-of");
  expect(exec.resource.environment).toEqual({ OS_BOOTSTRAP_PASSWORD: "secret-of-keystone_admin_password" });
  expect(exec.resource.command).toEqual([
    "kolla_keystone_bootstrap",
    "admin",
    "",
    "admin",
    "admin",
    "http://10.0.0.250:5000",
    "http://10.0.0.250:5000",
    "RegionOne",
  ]);
});

test("the key server answers on the API address, and a private key ends with a line end", () => {
  const items = itemsOf(three());
  expect(textOf(items, "keystone-ssh/sshd_config")).toContain("Port 8023\nListenAddress 10.0.0.1\n");
  expect(textOf(items, "keystone-fernet/id_rsa")).toBe("private-keystone_ssh_key\n");
});

test("files of domains are refused where Keystone has no LDAP library: installed from source", () => {
  const blamed = (installType: string, files: readonly string[]) => {
    const site = { value: () => installType, overridesIn: () => files };
    return keystone.checks?.({ site } as never, {} as never).map(({ option }) => option);
  };
  expect(blamed("source", ["keystone.people.conf"])).toEqual(["keystone_install_type"]);
  expect(blamed("binary", ["keystone.people.conf"])).toEqual([]);
  expect(blamed("source", [])).toEqual([]);
});

test("the API waits for the keys, and the keys for their server", () => {
  const items = itemsOf(three());
  expect(containerOf(items, "keystone").needs).toContain("control01|container:keystone_fernet");
  expect(containerOf(items, "keystone_fernet").needs).toContain("control01|container:keystone_ssh");
});

test("Keystone listens where it is told, and both VIPs lead there", () => {
  const items = itemsOf(three({ keystone_public_listen_port: 5005 }));
  expect(containerOf(items, "keystone").spec.environment.KOLLA_PORT).toBe("5005");
  expect(containerOf(items, "keystone").turns?.ports).toEqual([5005, 15005]);
  const balancer = textOf(items, "haproxy/services.d/keystone.cfg");
  expect(balancer).toContain("bind 10.0.0.250:5000\n");
  expect(balancer).toMatch(/server control02 10\.0\.0\.2:5005 /);
  expect(balancer).toMatch(/server control02-spare 10\.0\.0\.2:15005 /);
});

test("the tag of Keystone's own image is no other's", () => {
  const items = itemsOf(three({ keystone_service_tag: "mine" }));
  expect(containerOf(items, "keystone").spec.image).toBe("kolla/keystone:mine");
  expect(containerOf(items, "keystone_fernet").spec.image).not.toContain("mine");
});

test("what happens in Keystone is told under the topics that are asked for, to the brokers of notifications", () => {
  const told = (variables: Record<string, unknown> = {}): string | undefined =>
    /\[oslo_messaging_notifications\]\n([^[]*)/.exec(
      textOf(itemsOf(three(variables)), "keystone/keystone.conf"),
    )?.[1];
  expect(told()).toContain("driver = noop\n");
  const topic = { keystone_default_notifications_topic_enabled: "yes", om_notify_vhost: "/told" };
  expect(told(topic)).toContain("driver = messagingv2\ntopics = notifications\n");
  expect(told(topic)).toMatch(/transport_url = rabbit:.*\/\/told\n/);
  const topics = [
    { name: "a", enabled: true },
    { name: "b", enabled: false },
    { name: "c", enabled: true },
  ];
  expect(told({ keystone_notification_topics: topics })).toContain("topics = a,c\n");
});

/** All entries of one kind that services have in Keystone. */
function entriesOf(items: readonly Item[], kind: string): Entry[] {
  return items.flatMap((item) =>
    item.kind === "resource" && item.resource.kind === "rest"
      ? item.resource.entries.filter(({ wrapped }) => wrapped.one === kind)
      : [],
  );
}

test("accounts of services keep their passwords in Keystone where the operator says so", () => {
  const changed = (variables: Record<string, unknown>) =>
    new Set(
      entriesOf(itemsOf(three(variables)), "user")
        .filter(({ name }) => name !== "administrator")
        .map(({ secret }) => secret !== undefined),
    );
  expect(changed({ update_keystone_service_user_passwords: "no" })).toEqual(new Set([false]));
  expect(changed({})).toEqual(new Set([true]));
});

test("addresses that the operator gives are those of the catalogue, of services and of tokens' checks", () => {
  const given = {
    keystone_internal_url: "http://inside.example:5000",
    keystone_public_url: "https://identity.example",
    nova_public_base_endpoint: "https://compute.example",
    glance_public_endpoint: "https://images.example/glance",
  };
  const items = itemsOf(three(given));
  const glance = textOf(items, "glance-api/glance-api.conf");
  expect(glance).toContain("auth_url = http://inside.example:5000\n");
  expect(glance).toContain("www_authenticate_uri = https://identity.example\n");
  const publicly = entriesOf(items, "endpoint")
    .filter(({ found }) => found?.interface === "public")
    .map(({ name, holds }) => [name.split(" ").at(-1), holds?.url]);
  expect(Object.fromEntries(publicly)).toMatchObject({
    keystone: "https://identity.example",
    nova: "https://compute.example/v2.1",
    glance: "https://images.example/glance",
    placement: "http://10.0.0.250:8780",
  });
});

test("an address of Keystone with a version in it is refused with the right one", () => {
  const hosts = three({ keystone_internal_url: "http://inside.example:5000/v3" });
  expect(compile(services, site(hosts), {}).problems.map(formatError).join("\n")).toMatchInlineSnapshot(`
    "control01: keystone_internal_url ends with a version, and who uses it adds one (KOLLA_CONFIG_KEYSTONE)
      Write it as http://inside.example:5000.
    control02: keystone_internal_url ends with a version, and who uses it adds one (KOLLA_CONFIG_KEYSTONE)
      Write it as http://inside.example:5000.
    control03: keystone_internal_url ends with a version, and who uses it adds one (KOLLA_CONFIG_KEYSTONE)
      Write it as http://inside.example:5000."
  `);
});
