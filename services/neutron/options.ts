import { choice, count, flag, list, port, secret, text } from "#model";

/** Neutron's options, under Kolla-Ansible's names. */
export const options = {
  neutron_server_port: port(9696, "Port of the network API on the internal VIP."),
  neutron_server_public_port: port(
    "{{ neutron_server_port }}",
    "Port of the network API on the external VIP.",
  ),
  neutron_server_listen_port: port("{{ neutron_server_port }}", "Port of the network API on each host."),
  neutron_api_workers: count("{{ openstack_service_workers }}", "Processes of the network API.", { min: 1 }),
  neutron_rpc_workers: count("{{ openstack_service_rpc_workers }}", "Processes that answer the agents.", {
    min: 1,
  }),
  neutron_metadata_workers: count("{{ openstack_service_workers }}", "Processes of the metadata agent.", {
    min: 1,
  }),

  neutron_keystone_user: text("neutron", "Account of Neutron in Keystone."),
  neutron_keystone_password: secret("Password of that account."),
  neutron_database_name: text("neutron", "Schema of Neutron."),
  neutron_database_user: text("neutron", "Account of Neutron at the database."),
  neutron_database_password: secret("Password of that account at the database."),

  neutron_plugin_agent: choice(
    ["openvswitch"],
    "openvswitch",
    "How networks are made. OVN is not supported here yet.",
  ),
  neutron_external_interface: text(
    "eth1",
    "Interface without an address that leads outside; several with commas.",
  ),
  neutron_bridge_name: text(
    "br-ex",
    "Bridge that the external interface is put into; as many as interfaces.",
  ),
  neutron_physical_networks: text(
    "{% for bridge in neutron_bridge_name.split(',') %}physnet{{ loop.index }}{% if not loop.last %},{% endif %}{% endfor %}",
    "Names of the physical networks behind the bridges, in the same order.",
  ),
  enable_neutron_provider_networks: flag(false, "Servers may be attached to physical networks directly."),
  computes_need_external_bridge: flag(
    "{{ enable_neutron_provider_networks }}",
    "Compute hosts have the external bridges too.",
  ),
  neutron_type_drivers: text("flat,vlan,vxlan", "Kinds of networks."),
  neutron_tenant_network_types: text(
    "vxlan",
    "Kinds of networks that projects make for themselves, in order.",
  ),
  neutron_vxlan_vni_ranges: text("1:1000", "Numbers of VXLAN networks."),
  neutron_global_physnet_mtu: count(1500, "Largest packet of the networks that carry all others.", {
    min: 1280,
  }),
  neutron_service_plugins: list(["router"], "Plug-ins of the network API."),
  neutron_extension_drivers: text("port_security", "Extensions of ports and networks."),
  neutron_ipam_driver: text("internal", "Who hands out addresses."),
  neutron_dnsmasq_dns_servers: text(
    "1.1.1.1,8.8.8.8,8.8.4.4",
    "Name servers for networks that name none; with commas, empty for the host's own.",
  ),
  dhcp_agents_per_network: count(1, "DHCP servers of each network.", { min: 1 }),
} as const;
