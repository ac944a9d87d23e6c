import type { ContainerPart, Effect, FilePart, Mount, Privileges } from "#model";
import { queueProgram } from "#openstack";
import {
  dhcpAgentConf,
  dnsmasqConf,
  l3AgentConf,
  metadataAgentConf,
  meteringAgentConf,
  openvswitchAgentConf,
} from "./agent-conf.ts";
import type { Context } from "./context.ts";
import { agentFile, ML2_CONF, ml2ConfFile, NEUTRON_CONF, neutronConfFile, pluginFiles } from "./files.ts";
import startL3Agent from "./start-l3-agent.sh";

/** Namespaces of networks and routers: made by one agent, entered by another, so all see one mount. */
const NAMESPACES: Mount = { source: "/run/netns", target: "/run/netns", propagation: "shared" };
const METADATA: Mount = { source: "neutron_metadata_socket", target: "/var/lib/neutron/kolla/" };
const SWITCH: Mount = { source: "/run/openvswitch", target: "/run/openvswitch" };

/** Neutron's privileged helper keeps these and does not start when one is missing. */
const privsep = {
  NET_ADMIN: "makes network devices and programs the switch",
  SYS_ADMIN: "makes and enters network namespaces",
  SYS_PTRACE: "Neutron's privileged helper keeps this capability and does not start without it",
  DAC_READ_SEARCH: "Neutron's privileged helper keeps this capability and does not start without it",
};

/** What agents need that run programs in network namespaces. */
function inNamespaces(capabilities: Readonly<Record<string, string>>): Privileges {
  return {
    capabilities: { ...privsep, ...capabilities },
    security: {
      "apparmor=unconfined":
        "the engine's profile forbids the mounts that entering a network namespace makes",
      "systempaths=unconfined":
        "turns forwarding and router advertisements on and off in /proc/sys of its namespaces",
    },
  };
}

/** Wires the ports of this host to their networks. */
export function openvswitchAgent(context: Context): ContainerPart<"neutron-rpc-server"> {
  const config = "/etc/neutron/plugins/ml2/openvswitch_agent.ini";
  return agent(context, {
    program: "neutron-openvswitch-agent",
    configs: [config],
    files: [
      agentFile(context, "openvswitch_agent.ini", config, openvswitchAgentConf(context)),
      ...pluginFiles(context),
    ],
    mounts: [SWITCH],
    privileges: {
      capabilities: { ...privsep, NET_RAW: "forgets connections that a security group no longer allows" },
    },
  });
}

/** Runs the DHCP servers of networks. */
export function dhcpAgent(context: Context): ContainerPart<"neutron-rpc-server"> {
  const config = "/etc/neutron/dhcp_agent.ini";
  return agent(context, {
    program: "neutron-dhcp-agent",
    configs: [config],
    files: [
      agentFile(context, "dhcp_agent.ini", config, dhcpAgentConf(context)),
      {
        name: "dnsmasq.conf",
        dest: "/etc/neutron/dnsmasq.conf",
        content: {
          first: [`neutron/${context.host.name}/dnsmasq.conf`, "neutron/dnsmasq.conf"],
          otherwise: dnsmasqConf(context),
        },
        sensitive: false,
      },
    ],
    mounts: [NAMESPACES, METADATA, SWITCH],
    // Its DHCP servers end with it.
    effect: "servers-wait",
    privileges: inNamespaces({
      NET_RAW: "dnsmasq asks whether an address is in use before it gives it away",
      NET_BIND_SERVICE: "dnsmasq and the metadata proxy listen on ports 53, 67 and 80",
    }),
  });
}

/** Runs routers: addresses, floating addresses, and the way outside. */
export function l3Agent(context: Context): ContainerPart<"neutron-rpc-server"> {
  const config = "/etc/neutron/l3_agent.ini";
  const part = agent(context, {
    program: "neutron-l3-agent",
    configs: [config],
    files: [agentFile(context, "l3_agent.ini", config, l3AgentConf(context))],
    mounts: [
      NAMESPACES,
      METADATA,
      SWITCH,
      { source: "/lib/modules", target: "/lib/modules", readOnly: true },
    ],
    // What it wrote into the kernel goes on routing; what runs of a router ends with it: proxies of metadata, and what
    // holds the addresses of one that has several hosts.
    effect: context.opt.enable_neutron_agent_ha ? "traffic-stops" : "servers-wait",
    privileges: inNamespaces({
      NET_RAW: "announces addresses, and writes the routers' packet filters",
      NET_BIND_SERVICE: "the metadata proxy listens on a low port when told to",
    }),
  });
  if (!context.opt.enable_neutron_agent_ha) return part;
  const script: FilePart = {
    name: "neutron-l3-agent-wrapper.sh",
    dest: START_L3,
    content: startL3Agent,
    perm: "0755",
    sensitive: false,
  };
  return { ...part, command: `${START_L3} ${part.command}`, files: [...(part.files ?? []), script] };
}

const START_L3 = "/usr/local/bin/neutron-l3-agent-wrapper.sh";

/** Counts what goes through routers, in their namespaces. */
export function meteringAgent(context: Context): ContainerPart<"neutron-rpc-server"> {
  const config = "/etc/neutron/metering_agent.ini";
  return agent(context, {
    program: "neutron-metering-agent",
    configs: [config],
    files: [agentFile(context, "metering_agent.ini", config, meteringAgentConf(context))],
    mounts: [NAMESPACES, SWITCH],
    privileges: inNamespaces({ NET_RAW: "writes counters into the routers' packet filters" }),
  });
}

/** Answers servers' questions about themselves. It needs nothing beyond its socket and the network. */
export function metadataAgent(context: Context): ContainerPart<"neutron-rpc-server"> {
  const config = "/etc/neutron/metadata_agent.ini";
  return {
    ...agent(context, {
      program: "neutron-metadata-agent",
      configs: [config],
      files: [agentFile(context, "metadata_agent.ini", config, metadataAgentConf(context))],
      mounts: [METADATA],
      effect: "servers-wait",
      privileges: {},
    }),
    permissions: [{ path: "/var/lib/neutron/kolla", owner: "neutron:neutron" }],
  };
}

export type AgentName =
  | "neutron-openvswitch-agent"
  | "neutron-dhcp-agent"
  | "neutron-l3-agent"
  | "neutron-metadata-agent"
  | "neutron-metering-agent";

interface Agent {
  program: AgentName;
  configs: readonly string[];
  files: readonly FilePart[];
  mounts: readonly Mount[];
  privileges: Privileges;
  /** What its absence means beside messages that wait. */
  effect?: Effect;
}

/**
 * What agents have in common; healthy while it has a connection to the message queue. An agent asks the server as soon as
 * it starts, and one that is not answered yet waits a minute before it asks again.
 */
function agent(
  context: Context,
  { program, configs, files, mounts, privileges, effect }: Agent,
): ContainerPart<"neutron-rpc-server"> {
  const read = [NEUTRON_CONF, ML2_CONF, ...configs].map((path) => `--config-file ${path}`);
  const part = queueProgram(context, "neutron", `${program} ${read.join(" ")}`);
  return {
    ...part,
    ...(effect && { swap: { ...part.swap, effect } }),
    files: [neutronConfFile(context, program), ml2ConfFile(context), ...files],
    mounts,
    ...(context.opt.neutron_legacy_iptables && { environment: { KOLLA_LEGACY_IPTABLES: "true" } }),
    after: ["neutron-rpc-server"],
    privileges,
  };
}
