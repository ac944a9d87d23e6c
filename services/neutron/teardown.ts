import type { Teardown } from "#model";
import { portDevices } from "#openstack";
import type { AgentName } from "./agents.ts";

/** Pattern of namespaces that are called after a network or a router. */
const ofEach = (...kinds: readonly string[]): string => `(${kinds.join("|")})-[0-9a-f-]{36}`;

/** What each agent leaves on its host: it goes on working while an agent is away, so that only `destroy` takes it. */
export const teardowns = {
  /** Bridges of the switch are the switch's to remove; their devices may outlive it. */
  "neutron-openvswitch-agent": { devices: ["br-int|br-tun", portDevices("tap")] },
  "neutron-dhcp-agent": { namespaces: [ofEach("qdhcp")], devices: [portDevices("tap")] },
  "neutron-l3-agent": {
    namespaces: [ofEach("qrouter", "snat", "fip")],
    devices: [portDevices("qr-", "qg-", "ha-", "sg-", "fg-")],
  },
} satisfies Partial<Record<AgentName, Teardown>>;
