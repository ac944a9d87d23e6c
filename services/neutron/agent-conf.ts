import type { Ini, Secret } from "#model";
import { bridgeMappings, type Context, hasExternalBridges } from "./context.ts";
import { namesOf } from "./plugins.ts";

/** openvswitch_agent.ini */
export function openvswitchAgentConf(context: Context): Ini {
  const { opt, site } = context;
  return {
    agent: {
      tunnel_types: "vxlan",
      l2_population: true,
      arp_responder: true,
      enable_distributed_routing: opt.enable_neutron_dvr || undefined,
      extensions: namesOf(opt.neutron_agent_extensions),
    },
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
function switchDatabase({ opt, site }: Context): Ini[string] {
  return {
    ovsdb_connection: `tcp:127.0.0.1:${site.value("ovsdb_port")}`,
    ovsdb_timeout: opt.ovsdb_timeout,
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

/** Options of every dnsmasq: its log goes beside the agent's, and tells of every question when debugging. */
export function dnsmasqConf({ site }: Context): string {
  const debugging = site.value("neutron_logging_debug") === true;
  return `log-facility=/var/log/kolla/neutron/dnsmasq.log\n${debugging ? "log-dhcp\nlog-queries\n" : ""}`;
}

/** l3_agent.ini: routers in namespaces of this host. */
export function l3AgentConf(context: Context): Ini {
  const { opt } = context;
  const extensions = namesOf(opt.neutron_l3_agent_extensions);
  return {
    DEFAULT: {
      agent_mode: routerMode(context),
      // A host whose way outside is gone gives its routers to another one.
      ha_vrrp_health_check_interval: opt.enable_neutron_agent_ha ? 5 : undefined,
    },
    ...(extensions && { agent: { extensions } }),
    ovs: switchDatabase(context),
  };
}

/** Distributed routers are whole on network hosts, which have the addresses that many servers share. */
function routerMode({ opt, host }: Context): string {
  if (!opt.enable_neutron_dvr) return "legacy";
  return host.in("neutron-l3-agent") ? "dvr_snat" : opt.neutron_compute_dvr_mode;
}

/** metering_agent.ini: counts in the routers' namespaces. */
export function meteringAgentConf(context: Context): Ini {
  return { DEFAULT: { driver: "iptables" }, ovs: switchDatabase(context) };
}

/** metadata_agent.ini: passes servers' questions on to Nova, and says which server asks. */
export function metadataAgentConf({ opt, site }: Context): Ini {
  return {
    DEFAULT: {
      nova_metadata_host: String(site.value("nova_internal_fqdn")),
      nova_metadata_port: Number(site.value("nova_metadata_port")),
      nova_metadata_protocol: opt.internal_protocol,
      metadata_proxy_shared_secret: site.value("metadata_secret") as Secret,
      metadata_workers: opt.neutron_metadata_workers,
      auth_ca_cert: opt.openstack_cacert || undefined,
    },
  };
}
