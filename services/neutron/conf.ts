import type { Ini } from "#model";
import {
  authtoken,
  concurrency,
  database,
  logging,
  messaging,
  middleware,
  notifications,
  serviceLogin,
  transportUrl,
} from "#openstack";
import { neutron } from "./api.ts";
import { type Context, names, type Opt } from "./context.ts";
import { namesOf } from "./plugins.ts";

/** Programs that speak to the database and check tokens; the agents only speak to the message queue. */
export type Program =
  | "neutron-server"
  | "neutron-rpc-server"
  | "neutron-periodic-worker"
  | "neutron-openvswitch-agent"
  | "neutron-dhcp-agent"
  | "neutron-l3-agent"
  | "neutron-metadata-agent"
  | "neutron-metering-agent";

const SERVERS: readonly Program[] = ["neutron-server", "neutron-rpc-server", "neutron-periodic-worker"];
/** Where the metadata agent and the proxies in the networks' namespaces meet: a volume they share. */
const METADATA_SOCKET = "/var/lib/neutron/kolla/metadata_proxy";

/** neutron.conf of one program. */
export function neutronConf(context: Context, program: Program): Ini {
  return {
    DEFAULT: general(context, program),
    ...(SERVERS.includes(program) && ofServers(context)),
    agent: { root_helper: "sudo neutron-rootwrap /etc/neutron/rootwrap.conf", report_interval: 30 },
    privsep: { helper_command: "sudo neutron-rootwrap /etc/neutron/rootwrap.conf privsep-helper" },
    oslo_concurrency: concurrency("neutron"),
    oslo_messaging_notifications: notifications(context, "neutron"),
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
    service_plugins: namesOf(opt.neutron_service_plugins) ?? "",
    ipam_driver: opt.neutron_ipam_driver,
    dns_domain: opt.neutron_dns_domain,
    global_physnet_mtu: opt.neutron_global_physnet_mtu,
    ...(opt.enable_neutron_agent_ha && onSeveralHosts(opt)),
    router_distributed: opt.enable_neutron_dvr || undefined,
    rpc_workers: opt.neutron_rpc_workers,
    rpc_state_report_workers: 1,
    interface_driver: "openvswitch",
    metadata_proxy_socket: METADATA_SOCKET,
  };
}

/** New networks and routers are on several hosts; those that are there already stay where they are. */
function onSeveralHosts(opt: Opt): Ini[string] {
  return {
    dhcp_agents_per_network: opt.dhcp_agents_per_network,
    l3_ha: true,
    max_l3_agents_per_router: opt.max_l3_agents_per_router,
  };
}

function ofServers(context: Context): Ini {
  const { opt } = context;
  const { valid_interfaces: _many, ...nova } = serviceLogin(context, "nova");
  return {
    database: database(context, neutron.database(opt)),
    keystone_authtoken: authtoken(context, neutron.account(opt)),
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
      mechanism_drivers: namesOf(opt.neutron_mechanism_drivers),
      extension_drivers: namesOf(opt.neutron_extension_drivers),
    },
    ml2_type_vlan: { network_vlan_ranges: physical.join(",") },
    ml2_type_flat: { flat_networks: physical.join(",") || "*" },
    ml2_type_vxlan: { vni_ranges: opt.neutron_vxlan_vni_ranges },
    securitygroup: { enable_security_group: true },
  };
}
