import { expect, test } from "vitest";
import { compile } from "../../src/compile/index.ts";
import { allInOne, groups, host, site } from "../../tests/golden/sites.ts";
import { services } from "../index.generated.ts";
import { uuidOf } from "./migration.ts";

/** The texts of a file on each compute host of a site. */
function texts(path: string, ...resolved: Parameters<typeof compile>[1][]): (string | undefined)[] {
  return resolved.flatMap((whole) => {
    const { desired, problems } = compile(services, whole, {});
    expect(problems).toEqual([]);
    return desired.hosts
      .filter(({ host }) => whole.groups.compute?.includes(host))
      .map(({ items }) => items.find(({ id }) => id === `file:/etc/kolla/${path}`))
      .map((item) => (item?.kind === "file" ? item.content : undefined));
  });
}

function twoComputes(variables: Record<string, unknown> = {}) {
  const all = { kolla_internal_vip_address: "10.0.0.250", nova_compute_virt_type: "qemu", ...variables };
  const hosts = ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map((address, at) => host(`h${at + 1}`, address, all));
  return site(hosts, { groups: groups({ control: ["h1"], network: ["h1"], compute: ["h2", "h3"] }) });
}

test("on the only compute host libvirt opens no port", () => {
  const alone = allInOne();
  expect(texts("nova-libvirt/libvirtd.conf", alone)[0]).toContain("listen_tls = 0\nlisten_tcp = 0\n");
  expect(texts("nova-libvirt/auth.conf", alone)).toEqual([undefined]);
});

test("where servers can move, libvirt listens on the migration network and asks for an account", () => {
  const [first, second] = texts("nova-libvirt/libvirtd.conf", twoComputes());
  expect(first).toContain('listen_addr = "10.0.0.2"\ntcp_port = "16509"\nauth_tcp = "sasl"\n');
  expect(second).toContain('listen_addr = "10.0.0.3"\n');
  expect(texts("nova-libvirt/qemu.conf", twoComputes())[1]).toContain('migration_address = "10.0.0.3"\n');
});

test("all hosts come with the account that the start script gives to libvirt", () => {
  const [first, second] = texts("nova-libvirt/auth.conf", twoComputes({ libvirt_sasl_authname: "mover" }));
  expect(first).toContain("authname=mover\npassword=secret-of-libvirt_sasl_password\n");
  expect(second).toBe(first);
  expect(texts("nova-libvirt/sasl.conf", twoComputes())[0]).toBe(
    "mech_list: DIGEST-MD5\nsasldb_path: /etc/libvirt/passwd.db\n",
  );
  const script = texts("nova-libvirt/start-libvirt.sh", twoComputes())[0] ?? "";
  const account = script.indexOf("saslpasswd2 -p -c -a libvirt -f /etc/libvirt/passwd.db");
  expect(account).toBeGreaterThan(0);
  expect(script.indexOf("/usr/sbin/libvirtd --listen")).toBeGreaterThan(account);
});

test("without SASL anyone on the migration network may", () => {
  const open = twoComputes({ libvirt_enable_sasl: "no" });
  expect(texts("nova-libvirt/libvirtd.conf", open)[0]).toContain('auth_tcp = "none"\n');
  expect(texts("nova-libvirt/auth.conf", open)).toEqual([undefined, undefined]);
});

test("another port is named where hosts call each other", () => {
  const moved = twoComputes({ nova_libvirt_port: 26509 });
  expect(texts("nova-libvirt/libvirtd.conf", moved)[0]).toContain('tcp_port = "26509"\n');
  expect(texts("nova-compute/nova.conf", moved)[0]).toContain(
    "live_migration_uri = qemu+tcp://%s:26509/system\n",
  );
  expect(texts("nova-compute/nova.conf", twoComputes())[0]).not.toContain("live_migration_uri");
});

test("hosts of one hardware number are told apart by their names", () => {
  // Python: uuid.uuid5(uuid.NAMESPACE_DNS, "python.org")
  expect(uuidOf("python.org")).toBe("886313e1-3b8a-5372-9b90-0c9aee199e5d");
  const uuids = texts("nova-libvirt/libvirtd.conf", twoComputes()).map(
    (text) => /host_uuid.*/.exec(text ?? "")?.[0],
  );
  expect(new Set(uuids).size).toBe(2);
});

test("libvirt tells all that it does only when asked", () => {
  const asked = allInOne({ nova_libvirt_logging_debug: true });
  expect(texts("nova-libvirt/libvirtd.conf", asked)[0]).toContain(
    'log_level = 1\nlog_outputs = "1:file:/var/log/kolla/libvirt/libvirtd.log 3:stderr"\n',
  );
});
