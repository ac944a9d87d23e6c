import { choice, count, flag, hostname, map, seconds, word, words } from "#model";
import { topicOptions } from "#openstack";
import { neutron } from "./api.ts";
import { neighbourOptions } from "./neighbours.ts";
import { pluginOptions } from "./plugins.ts";

/** Names of the agents' containers, as options begin with them. */
const AGENTS = [
  "neutron_dhcp_agent",
  "neutron_l3_agent",
  "neutron_metadata_agent",
  "neutron_metering_agent",
  "neutron_openvswitch_agent",
] as const;

type AgentDimensions = `${(typeof AGENTS)[number]}_dimensions`;

const dimensions = Object.fromEntries(
  AGENTS.map((agent) => [
    `${agent}_dimensions`,
    map("{{ neutron_agent_dimensions }}", `Resource limits of ${agent}.`),
  ]),
) as Record<AgentDimensions, ReturnType<typeof map>>;

const api = {
  ...neutron.options.ports,
  ...neutron.options.endpoints,
  neutron_api_workers: count("{{ openstack_service_workers }}", "Processes of the network API.", { min: 1 }),
  neutron_rpc_workers: count("{{ openstack_service_rpc_workers }}", "Processes that answer the agents.", {
    min: 1,
  }),
  neutron_metadata_workers: count("{{ openstack_service_workers }}", "Processes of the metadata agent.", {
    min: 1,
  }),
  ...topicOptions("neutron"),
  ...neutron.options.accounts,
} as const;

const networks = {
  neutron_plugin_agent: choice(
    ["openvswitch"],
    "openvswitch",
    "How networks are made. OVN is not supported here yet.",
  ),
  neutron_external_interface: words(
    "interface",
    "eth1",
    "Interface without an address that leads outside; several with commas.",
  ),
  neutron_bridge_name: words(
    "interface",
    "br-ex",
    "Bridge that the external interface is put into; as many as interfaces.",
  ),
  neutron_physical_networks: words(
    "word",
    "{% for bridge in neutron_bridge_name.split(',') %}physnet{{ loop.index }}{% if not loop.last %},{% endif %}{% endfor %}",
    "Names of the physical networks behind the bridges, in the same order.",
  ),
  enable_neutron_provider_networks: flag(false, "Servers may be attached to physical networks directly."),
  computes_need_external_bridge: flag(
    "{{ (enable_neutron_dvr | bool and neutron_compute_dvr_mode == 'dvr') or enable_neutron_provider_networks | bool }}",
    "Compute hosts have the external bridges too.",
  ),
  neutron_type_drivers: words(
    ["flat", "vlan", "vxlan", "gre", "geneve", "local"],
    "flat,vlan,vxlan",
    "Kinds of networks.",
  ),
  neutron_tenant_network_types: words(
    ["vxlan", "vlan", "gre", "geneve", "local"],
    "vxlan",
    "Kinds of networks that projects make for themselves, in order.",
  ),
  neutron_vxlan_vni_ranges: words("range", "1:1000", "Numbers of VXLAN networks."),
  neutron_global_physnet_mtu: count(1500, "Largest packet of the networks that carry all others.", {
    min: 1280,
  }),
  neutron_ipam_driver: word("internal", "Who hands out addresses."),
  neutron_dnsmasq_dns_servers: words(
    "address",
    "1.1.1.1,8.8.8.8,8.8.4.4",
    "Name servers for networks that name none; with commas, empty for the host's own.",
    { empty: true },
  ),
  neutron_dns_integration: flag(
    false,
    "Ports and floating addresses have names. They need a neutron_dns_domain of your own.",
  ),
  neutron_dns_domain: hostname(
    "openstacklocal",
    "Domain of servers' names; one of your own ends with a dot.",
  ),
} as const;

const agents = {
  neutron_agent_dimensions: map("{{ default_container_dimensions }}", "Resource limits of each agent."),
  ...dimensions,
  enable_neutron_agent_ha: flag(
    false,
    "Networks and routers are on several hosts at once. It wants two hosts in the groups of the DHCP and the L3 agents.",
  ),
  dhcp_agents_per_network: count(2, "DHCP servers of each network, with enable_neutron_agent_ha.", {
    min: 1,
  }),
  max_l3_agents_per_router: count(
    3,
    "Hosts that each router is on, with enable_neutron_agent_ha; 0: on all.",
  ),
  enable_neutron_dvr: flag(
    false,
    "Routers are on all compute hosts, so that traffic need not go through network hosts.",
  ),
  neutron_compute_dvr_mode: choice(
    ["dvr", "dvr_no_external"],
    "dvr",
    "Whether floating addresses leave on compute hosts too, with enable_neutron_dvr.",
  ),
  enable_neutron_metering: flag(false, "Traffic of routers is counted by labels."),
  neutron_legacy_iptables: flag(false, "The old packet filter of the kernel instead of nf_tables."),
  ovsdb_timeout: seconds(10, "Time that agents wait for the switch's database.", { min: 1 }),
} as const;

/** Neutron's options, under Kolla-Ansible's names. */
export const options = { ...api, ...networks, ...agents, ...neighbourOptions, ...pluginOptions } as const;
