import { flag, list } from "#model";

/**
 * One of a list of plug-ins or drivers: a name, or Kolla-Ansible's {name, enabled}. Absent, `enabled` is yes: lists that
 * operators write themselves often leave it out.
 */
export type Named = string | { name: string; enabled?: unknown };

/** One line of a list of {name, enabled} in Jinja2. */
const row = (name: string, enabled: string): string => `{'name': '${name}', 'enabled': ${enabled}}`;
const on = (...rows: readonly string[]): string => `{{ [${rows.join(", ")}] }}`;
const enabledOf = (name: string): string => `{{ ${name} | selectattr('enabled', 'equalto', true) | list }}`;

/** What Neutron can do beyond networks and ports, and the lists in its files that follow from that. */
export const pluginOptions = {
  enable_neutron_qos: flag(false, "Limits of bandwidth for ports and networks."),
  enable_neutron_segments: flag(false, "Networks of several segments (routed provider networks)."),
  enable_neutron_trunk: flag(false, "Several networks on one port of a server (VLAN-aware servers)."),
  enable_neutron_port_forwarding: flag(false, "One floating address for several servers, port by port."),
  enable_neutron_packet_logging: flag(false, "Logs of packets that security groups let through or drop."),

  service_plugins: list<Named>(
    on(
      row("metering", "enable_neutron_metering | bool"),
      row("qos", "enable_neutron_qos | bool"),
      row("router", "true"),
      row("segments", "enable_neutron_segments | bool"),
      row("trunk", "enable_neutron_trunk | bool"),
      row("port_forwarding", "enable_neutron_port_forwarding | bool"),
      row("log", "enable_neutron_packet_logging | bool"),
    ),
    "Plug-ins of the network API that are known, each {name, enabled}.",
  ),
  neutron_service_plugins: list<Named>(enabledOf("service_plugins"), "Plug-ins of the network API."),
  mechanism_drivers: list<Named>(
    on(row("openvswitch", "true"), row("l2population", "true")),
    "Drivers that make networks, each {name, enabled}.",
  ),
  neutron_mechanism_drivers: list<Named>(enabledOf("mechanism_drivers"), "Drivers that make networks."),
  extension_drivers: list<Named>(
    on(
      row("qos", "enable_neutron_qos | bool"),
      row("port_security", "true"),
      row("subnet_dns_publish_fixed_ip", "neutron_dns_integration | bool"),
    ),
    "Extensions of ports and networks that are known, each {name, enabled}.",
  ),
  neutron_extension_drivers: list<Named>(enabledOf("extension_drivers"), "Extensions of ports and networks."),
  agent_extensions: list<Named>(
    on(row("qos", "enable_neutron_qos | bool"), row("log", "enable_neutron_packet_logging | bool")),
    "Extensions of the Open vSwitch agent that are known, each {name, enabled}.",
  ),
  neutron_agent_extensions: list<Named>(
    enabledOf("agent_extensions"),
    "Extensions of the Open vSwitch agent.",
  ),
  l3_agent_extensions: list<Named>(
    on(row("port_forwarding", "enable_neutron_port_forwarding | bool")),
    "Extensions of the L3 agent that are known, each {name, enabled}.",
  ),
  neutron_l3_agent_extensions: list<Named>(enabledOf("l3_agent_extensions"), "Extensions of the L3 agent."),
} as const;

/** The names in such a list, with commas; undefined when it has none. */
export function namesOf(plugins: readonly Named[]): string | undefined {
  const names = plugins.map((plugin) => (typeof plugin === "string" ? plugin : plugin.name));
  return names.join(",") || undefined;
}
