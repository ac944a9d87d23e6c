import { type ContainerPart, type Judgement, service } from "#model";
import { administrator } from "#openstack";
import {
  type AgentName,
  dhcpAgent,
  l3Agent,
  metadataAgent,
  meteringAgent,
  openvswitchAgent,
} from "./agents.ts";
import { neutron } from "./api.ts";
import { checks } from "./checks.ts";
import { type Context, hasDistributedRouters, hasRouters } from "./context.ts";
import { neighbourSettings } from "./neighbours.ts";
import { options } from "./options.ts";
import { mootFiles } from "./override-files.ts";
import { api, periodicWorker, rpcServer } from "./server.ts";
import { teardowns } from "./teardown.ts";
import { moot, refuses } from "./unsupported.ts";

/** Good: all are alive; those that an operator switched off do not count. */
const AGENTS: Judgement = {
  list: "agents",
  ignored: { admin_state_up: false },
  well: { alive: true },
  words: "{well} of {counted} up",
  troubles: [{ when: { alive: false }, words: "{binary} on {host} is down" }],
};

/** Networks, routers, addresses and security groups. */
export default service("neutron", {
  ...neutron.usual,
  summary: "Networks, routers, floating addresses and security groups.",
  enabled: "{{ enable_openstack_core }}",
  groups: {
    neutron: ["network"],
    "neutron-server": ["control"],
    "neutron-rpc-server": ["control"],
    "neutron-periodic-worker": ["control"],
    "neutron-dhcp-agent": ["neutron"],
    "neutron-l3-agent": ["neutron"],
    "neutron-metadata-agent": ["neutron"],
    "neutron-metering-agent": ["neutron"],
  },
  // Inventories of Kolla-Ansible 2025.1 have neither of the first two groups, and not all have the last.
  standIns: {
    "neutron-rpc-server": "neutron-server",
    "neutron-periodic-worker": "neutron-server",
    "neutron-metering-agent": "neutron",
  },
  needs: [...neutron.usual.needs, "openvswitch"],
  containers: {
    "neutron-server": { group: "neutron-server", set: "neutron-api-operation" },
    "neutron-rpc-server": {
      group: "neutron-rpc-server",
      set: "neutron-api-operation",
      image: "neutron-server",
    },
    "neutron-periodic-worker": {
      group: "neutron-periodic-worker",
      set: "neutron-api-operation",
      image: "neutron-server",
    },
    "neutron-openvswitch-agent": {
      group: "openvswitch",
      set: "neutron-agents",
      serves: "host",
      teardown: teardowns["neutron-openvswitch-agent"],
    },
    "neutron-metadata-agent": {
      group: "neutron-metadata-agent",
      alsoIn: ["compute"],
      set: "neutron-agents",
      serves: "host",
    },
    "neutron-dhcp-agent": {
      group: "neutron-dhcp-agent",
      set: "neutron-agents",
      serves: "host",
      teardown: teardowns["neutron-dhcp-agent"],
    },
    "neutron-l3-agent": {
      group: "neutron-l3-agent",
      alsoIn: ["compute"],
      set: "neutron-agents",
      teardown: teardowns["neutron-l3-agent"],
      serves: "host",
    },
    "neutron-metering-agent": {
      group: "neutron-metering-agent",
      set: "neutron-agents",
      enabled: "{{ enable_neutron_metering }}",
      serves: "host",
    },
  },
  options,
  mootFiles,
  refuses,
  moot,

  define: (context) => ({
    containers: {
      "neutron-server": api(context),
      "neutron-rpc-server": rpcServer(context),
      "neutron-periodic-worker": periodicWorker(context),
      ...agents(context),
    },
    jobs: [
      {
        ...neutron.bootstrap,
        environment: { KOLLA_BOOTSTRAP: "", NEUTRON_BOOTSTRAP_SERVICES: "" },
        timeoutSeconds: 900,
      },
    ],
    ...(hasRouters(context) && { sysctl: neighbourSettings(context.opt) }),
    ...((context.host.in("neutron") || hasRouters(context)) && { sharedMounts: ["/run/netns"] }),
  }),

  probes: (context) => ({
    neutron: {
      kind: "http",
      url: `${context.site.url("network", "internal").replace(/\/v2\.0$/, "")}/v2.0/agents`,
      account: administrator(context),
      expect: [200],
      judgement: AGENTS,
    },
  }),

  judge: checks,
});

/** Only on hosts that run them: their addresses (tunnels) are asked for only there. */
function agents(context: Context): Readonly<Partial<Record<AgentName, ContainerPart<"neutron-rpc-server">>>> {
  const { host } = context;
  return {
    ...(host.in("openvswitch") && { "neutron-openvswitch-agent": openvswitchAgent(context) }),
    ...(host.in("neutron-dhcp-agent") && { "neutron-dhcp-agent": dhcpAgent(context) }),
    ...(hasRouters(context) && { "neutron-l3-agent": l3Agent(context) }),
    ...((host.in("neutron-metadata-agent") || hasDistributedRouters(context)) && {
      "neutron-metadata-agent": metadataAgent(context),
    }),
    ...(host.in("neutron-metering-agent") && { "neutron-metering-agent": meteringAgent(context) }),
  };
}
