import { expect, test } from "vitest";
import { services } from "../../services/index.generated.ts";
import { allInOne } from "../../tests/golden/sites.ts";
import { Evaluation } from "./evaluation.ts";
import { optionTable } from "./rule-options.ts";

/** What an override file makes of this text on an all-in-one with these variables and facts. */
function rendered(
  text: string,
  variables: Record<string, unknown> = {},
  gathered: Record<string, unknown> = {},
): string {
  const site = allInOne(variables);
  const hosts = site.hosts.map((host) => ({ ...host, facts: { ...host.facts, gathered } }));
  const evaluation = new Evaluation(optionTable(services), { ...site, hosts });
  return evaluation.text({ text, path: "/etc/kolla/config/nova.conf" }, hosts[0]?.name ?? "", "nova-api");
}

test.each([undefined, "no", false])("a service that is not here is off in an override file (%j)", (value) => {
  const given = value === undefined ? {} : { enable_ironic: value };
  expect(rendered("{% if enable_ironic | bool %}on{% else %}off{% endif %}", given)).toBe("off");
});

test("what Kolla-Ansible derives from other variables follows the operator's", () => {
  const text =
    "{{ keystone_internal_url }} {{ nova_internal_base_endpoint }} {{ kolla_base_distro_version_default_map.debian }} {{ enable_horizon_heat | bool }}";
  expect(rendered(text, { keystone_internal_port: 5001 })).toBe(
    "http://10.0.0.250:5001 http://10.0.0.250:8774 bookworm True",
  );
  expect(rendered("{{ rpc_transport_url }}", { rabbitmq_password: "pw" })).toBe(
    "rabbit://openstack:pw@10.0.0.10:5672//",
  );
});

test("all that Ansible gathered is known under both of its names", () => {
  const gathered = {
    default_ipv4: { address: "10.0.0.10", network: "10.0.0.0" },
    virtualization_role: "guest",
    ansible_local: { site: { rack: "b2" } },
  };
  const text =
    "{{ ansible_default_ipv4.network }} {{ ansible_facts.virtualization_role }} {{ ansible_local.site.rack }}";
  expect(rendered(text, {}, gathered)).toBe("10.0.0.0 guest b2");
});

test("the hosts of the play are those of the site", () => {
  expect(rendered("{{ ansible_play_hosts | length }} {{ play_hosts | length }}")).toBe("1 1");
});
