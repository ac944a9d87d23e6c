import { describe, expect, test } from "vitest";
import { foldProblems, formatError } from "#support";
import { services } from "../../services/index.generated.ts";
import { allInOne, host, site } from "../../tests/golden/sites.ts";
import { compile } from "./compile.ts";

const at = (line: number) => ({ file: "/etc/kolla/globals.yml", line });

function problems(whole: Parameters<typeof compile>[1]): string {
  return foldProblems(compile(services, whole, {}).problems)
    .map(formatError)
    .join("\n");
}

describe("values that are right by themselves and cannot be together", () => {
  test("two APIs on one port are told once, with the options to change", () => {
    const places = { placement_api_port: at(4) };
    expect(problems(allInOne({ placement_api_port: 9292 }, { places }))).toMatchInlineSnapshot(`
      "/etc/kolla/globals.yml:4: glance_api and placement_api cannot both have port 9292 on aio (KOLLA_CONFIG_PORT)
        Give one of them another port: placement_api_port, glance_api_port."
    `);
  });

  test("a port of a service that is no API's clashes too", () => {
    expect(
      problems(allInOne({ nova_ssh_port: 4567 }, { places: { nova_ssh_port: at(5) } })),
    ).toMatchInlineSnapshot(`
      "/etc/kolla/globals.yml:5: mariadb_wsrep_port and nova_ssh_port cannot both have port 4567 on aio (KOLLA_CONFIG_PORT)
        Give one of them another port: nova_ssh_port, mariadb_wsrep_port."
    `);
  });

  test("a VIP that is a host's own address is told at the VIP's line", () => {
    const given = { kolla_internal_vip_address: "10.0.0.2", nova_compute_virt_type: "qemu" };
    const hosts = [host("one", "10.0.0.1", given), host("two", "10.0.0.2", given)];
    expect(problems(site(hosts, { places: { kolla_internal_vip_address: at(2) } }))).toMatchInlineSnapshot(`
      "/etc/kolla/globals.yml:2: kolla_internal_vip_address 10.0.0.2 is the address of two itself (api_interface_address) (KOLLA_CONFIG_VIP)
        Choose a free address of that network; or set enable_haproxy and enable_keepalived to no for a single host without a VIP."
    `);
  });

  test("without a load balancer the VIP is the host's own", () => {
    const alone = { kolla_internal_vip_address: "10.0.0.10", enable_haproxy: "no", enable_keepalived: "no" };
    expect(problems(allInOne(alone))).toBe("");
  });
});

describe("one report", () => {
  test("what services and override files are wrong in is told beside wrong values", () => {
    const places = {
      kolla_internal_vip_address: at(2),
      neutron_bridge_name: at(3),
      neutron_external_interface: at(4),
    };
    const overrides = {
      "nova.conf": {
        text: "[DEFAULT]\na = {{ nobody }}\nb = {{ noone }}\n",
        path: "/etc/kolla/config/nova.conf",
      },
    };
    const given = {
      kolla_internal_vip_address: "10.10.10.300",
      neutron_bridge_name: "br-ex,br-two",
      neutron_external_interface: "eth1,eth1",
    };
    expect(problems(allInOne(given, { places, overrides }))).toMatchInlineSnapshot(`
      "/etc/kolla/config/nova.conf:2: 'nobody' is undefined, in a = {{ nobody }} (KOLLA_TEMPLATE_UNDEFINED)
        Set it in globals.yml, or give it a default: {{ nobody | default('') }}.
      /etc/kolla/config/nova.conf:3: 'noone' is undefined, in b = {{ noone }} (KOLLA_TEMPLATE_UNDEFINED)
        Set it in globals.yml, or give it a default: {{ noone | default('') }}.
      /etc/kolla/globals.yml:2: kolla_internal_vip_address is "10.10.10.300", but must be an IPv4 address such as 10.0.0.250 (KOLLA_OPTION_VALUE)
        Address that the internal load balancer answers on; must be free, in the network of the API interface.
      /etc/kolla/globals.yml:4 on aio: neutron_external_interface names eth1 twice, but an interface can be in one bridge only (KOLLA_CONFIG_OPENVSWITCH)
        Give each bridge an interface of its own; several networks of one interface can be VLANs of one bridge."
    `);
  });

  test("what follows from a wrong value is no problem of its own", () => {
    const places = { api_interface: at(2) };
    expect(problems(allInOne({ api_interface: "bond0" }, { places }))).toMatchInlineSnapshot(`
      "/etc/kolla/globals.yml:2 on aio: api_interface is bond0, which the host does not have (KOLLA_INTERFACE_ADDRESS)
        aio has eth0, eth1, lo. Set api_interface in globals.yml, or for this host in the inventory."
    `);
  });

  test("a site of which no host is known still hears what it lacks", () => {
    const whole = allInOne({ kolla_internal_vip_address: null, memcache_secret_key: null });
    const hosts = whole.hosts.map((each) => ({ ...each, facts: { ...each.facts, cpus: 0, interfaces: {} } }));
    expect(problems({ ...whole, hosts })).toMatchInlineSnapshot(`
      "kolla_internal_vip_address must be set: Address that the internal load balancer answers on; must be free, in the network of the API interface. (KOLLA_OPTION_MISSING)
        Add "kolla_internal_vip_address: …" to globals.yml.
      memcache_secret_key has no value in passwords.yml (KOLLA_SECRET_MISSING)
        Run: kolla genpwd"
    `);
  });
});
