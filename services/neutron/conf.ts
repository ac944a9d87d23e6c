import {
  authtoken,
  concurrency,
  database,
  type Ini,
  logging,
  messaging,
  middleware,
  notifications,
  type Secret,
  serviceLogin,
  transportUrl,
} from "#model";
import { bridgeMappings, type Context, hasExternalBridges, names, schema } from "./context.ts";

/** Programs that speak to the database and check tokens; the agents only speak to the message queue. */
export type Program =
  | "neutron-server"
  | "neutron-rpc-server"
  | "neutron-periodic-worker"
  | "neutron-openvswitch-agent"
  | "neutron-dhcp-agent"
  | "neutron-l3-agent"
  | "neutron-metadata-agent";

const SERVERS: readonly Program[] = ["neutron-server", "neutron-rpc-server", "neutron-periodic-worker"];
/** Where the metadata agent and the proxies in the networks' namespaces meet: a volume they share. */
export const METADATA_SOCKET = "/var/lib/neutron/kolla/metadata_proxy";

/** neutron.conf of one program. */
export function neutronConf(context: Context, program: Program): Ini {
  return {
    DEFAULT: general(context, program),
    ...(SERVERS.includes(program) && ofServers(context)),
    agent: { root_helper: "sudo neutron-rootwrap /etc/neutron/rootwrap.conf", report_interval: 30 },
    privsep: { helper_command: "sudo neutron-rootwrap /etc/neutron/rootwrap.conf privsep-helper" },
    oslo_concurrency: concurrency("neutron"),
    oslo_messaging_notifications: notifications(context),
    oslo_messaging_rabbit: messaging(context),
  };
}

function general(context: Context, program: Program): Ini[string] {
  const { opt } = context;
  return {
    ...logging(context, "neutron", program === "neutron-server" ? "neutron-server.log" : undefined),
    state_path: "/var/lib/neutron",
    // Health checks look for processes by the names they were started with.
    setproctitle: "off",
    transport_url: transportUrl(context),
    core_plugin: "ml2",
    service_plugins: opt.neutron_service_plugins.join(","),
    ipam_driver: opt.neutron_ipam_driver,
    global_physnet_mtu: opt.neutron_global_physnet_mtu,
    dhcp_agents_per_network: opt.dhcp_agents_per_network,
    rpc_workers: opt.neutron_rpc_workers,
    rpc_state_report_workers: 1,
    interface_driver: "openvswitch",
    metadata_proxy_socket: METADATA_SOCKET,
  };
}

function ofServers(context: Context): Ini {
  const { opt } = context;
  const { valid_interfaces: _many, ...nova } = serviceLogin(context, "nova");
  return {
    database: database(context, schema(opt)),
    keystone_authtoken: authtoken(context, {
      user: opt.neutron_keystone_user,
      password: opt.neutron_keystone_password,
    }),
    oslo_middleware: middleware(),
    nova: { ...nova, endpoint_type: "internal" },
    placement: serviceLogin(context, "placement"),
  };
}

/** ml2_conf.ini: kinds of networks. */
export function ml2Conf({ opt }: Context): Ini {
  const physical = names(opt.neutron_physical_networks);
  return {
    ml2: {
      type_drivers: opt.neutron_type_drivers,
      tenant_network_types: opt.neutron_tenant_network_types,
      mechanism_drivers: "openvswitch,l2population",
      extension_drivers: opt.neutron_extension_drivers,
    },
    ml2_type_vlan: { network_vlan_ranges: physical.join(",") },
    ml2_type_flat: { flat_networks: physical.join(",") || "*" },
    ml2_type_vxlan: { vni_ranges: opt.neutron_vxlan_vni_ranges },
    securitygroup: { enable_security_group: true },
  };
}

/** openvswitch_agent.ini */
export function openvswitchAgentConf(context: Context): Ini {
  const { opt, site } = context;
  return {
    agent: { tunnel_types: "vxlan", l2_population: true, arp_responder: true },
    securitygroup: { enable_security_group: true, firewall_driver: "openvswitch" },
    ovs: {
      ...switchDatabase(context),
      bridge_mappings: hasExternalBridges(context) ? bridgeMappings(opt) : undefined,
      datapath_type: String(site.value("ovs_datapath")),
      local_ip: opt.tunnel_interface_address,
    },
  };
}

/** Section [ovs]: the switch of this host. */
function switchDatabase({ site }: Context): Ini[string] {
  return {
    ovsdb_connection: `tcp:127.0.0.1:${site.value("ovsdb_port")}`,
    ovsdb_timeout: 10,
  };
}

/** dhcp_agent.ini: DHCP and, for networks without a router, metadata. */
export function dhcpAgentConf(context: Context): Ini {
  const { opt } = context;
  return {
    DEFAULT: {
      enable_isolated_metadata: true,
      force_metadata: true,
      dnsmasq_config_file: "/etc/neutron/dnsmasq.conf",
      dnsmasq_dns_servers: opt.neutron_dnsmasq_dns_servers || undefined,
    },
    ovs: switchDatabase(context),
  };
}

/** Options of every dnsmasq: its log goes beside the agent's. */
export function dnsmasqConf(): string {
  return "log-facility=/var/log/kolla/neutron/dnsmasq.log\n";
}

/** l3_agent.ini: routers in namespaces of this host. */
export function l3AgentConf(context: Context): Ini {
  return { DEFAULT: { agent_mode: "legacy" }, ovs: switchDatabase(context) };
}

/** metadata_agent.ini: passes servers' questions on to Nova, and says which server asks. */
export function metadataAgentConf({ opt, site }: Context): Ini {
  return {
    DEFAULT: {
      nova_metadata_host: opt.kolla_internal_fqdn,
      nova_metadata_port: Number(site.value("nova_metadata_port")),
      nova_metadata_protocol: opt.internal_protocol,
      metadata_proxy_shared_secret: site.value("metadata_secret") as Secret,
      metadata_workers: opt.neutron_metadata_workers,
      auth_ca_cert: opt.openstack_cacert || undefined,
    },
  };
}
