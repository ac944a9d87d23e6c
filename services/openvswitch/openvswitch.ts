import {
  type ContainerPart,
  choice,
  type ExecPart,
  flag,
  type HostView,
  port,
  type SiteView,
  service,
  shell,
  word,
} from "#model";
import { absentPorts, bridgeClashes, bridgeExec, hasExternalBridge } from "./bridges.ts";
import listBridges from "./list-bridges.sh";

const RUN = { source: "/run/openvswitch", target: "/run/openvswitch" };
const NAMESPACES = { source: "/run/netns", target: "/run/netns", propagation: "shared" } as const;
const VSCTL = ["ovs-vsctl", "--db=unix:/run/openvswitch/db.sock"];

const SWITCH = [
  "python3 /usr/local/lib/kolla_switch ovs-vswitchd unix:/run/openvswitch/db.sock",
  "-vconsole:info -vsyslog:off -vfile:info --mlockall",
  "--log-file=/var/log/kolla/openvswitch/ovs-vswitchd.log",
].join(" ");

/** Its own process is asked, and not the one that serves while it waits. */
const SWITCH_ANSWERS = "ovs-appctl -t /run/ovs-vswitchd.ctl version";

/** The switch goes on with what it has, and agents connect again. */
const DATABASE_SWAP: ContainerPart["swap"] = {
  effect: "work-waits",
  why: "the file of a database belongs to one server",
  seconds: 5,
};

/** Servers are reached again a moment after it answers, when ports and flows are back. */
const SWITCH_SWAP: ContainerPart["swap"] = {
  effect: "traffic-stops",
  why: "a datapath has one switch that programs it",
  seconds: 4,
  lingers: 1,
  takeover: 1,
};

/** The next one waits for the lock of the database; told to stop, this one writes its flows down first. */
const SWITCH_HANDOVER: ContainerPart["handover"] = { signal: "SIGTERM", seconds: 20 };

export default service("openvswitch", {
  summary: "Virtual switch of a host.",
  enabled: "{{ enable_neutron }}",
  groups: { openvswitch: ["network", "compute", "manila-share"] },
  needs: [],
  containers: {
    "openvswitch-db-server": {
      group: "openvswitch",
      set: "openvswitch",
      container: "openvswitch_db",
      serves: "host",
      teardown: {
        listed: {
          noun: "bridge",
          list: ["ovs-vsctl", "--timeout=10", "list-br"],
          remove: ["ovs-vsctl", "--timeout=10", "--if-exists", "del-br"],
        },
        runDirectories: ["openvswitch"],
      },
    },
    "openvswitch-vswitchd": {
      group: "openvswitch",
      set: "openvswitch",
      serves: "host",
      teardown: { devices: ["br-ex", "ovs-(system|netdev)", "(vxlan|genev|gre)_sys(_\\d+)?"] },
    },
  },
  options: {
    ovs_datapath: choice(
      ["system", "netdev"],
      "system",
      "Where packets are switched: in the kernel (needs its module openvswitch), or in user space (netdev), slower.",
    ),
    ovsdb_port: port(6640, "Port of the switch's database on the loopback address, for agents."),
    openvswitch_system_id: word(
      "{{ ansible_facts.nodename }}",
      "What the switch calls its host to controllers. Kolla-Ansible: the name without its domain.",
    ),
    openvswitch_hostname: word(
      "{{ ansible_facts.nodename }}",
      "Name of the host in the switch's database. Kolla-Ansible: the name that DNS has.",
    ),
    openvswitch_hw_offload: flag(false, "Network cards that can switch packets themselves."),
  },
  moot: {
    openvswitch_ovs_vsctl_wrapper_enabled:
      "Nothing is put into the directories of a host's programs: ask the switch with docker exec openvswitch_vswitchd ovs-vsctl",
  },
  declare: () => ({ logs: ["openvswitch"] }),
  define: ({ opt, host, site }) => {
    // A user-space datapath's ports end with the switch; the kernel's stay where they are.
    const restoresPorts = opt.ovs_datapath === "netdev" && hasNamespaces(host, site);
    return {
      ...(restoresPorts && { sharedMounts: [NAMESPACES.source] }),
      containers: {
        "openvswitch-db-server": {
          command: [
            "ovsdb-server /var/lib/openvswitch/conf.db",
            "-vconsole:info -vsyslog:off -vfile:info",
            "--remote=punix:/run/openvswitch/db.sock",
            `--remote=ptcp:${opt.ovsdb_port}:127.0.0.1`,
            "--remote=db:Open_vSwitch,Open_vSwitch,manager_options",
            "--log-file=/var/log/kolla/openvswitch/ovsdb-server.log --pidfile",
          ].join(" "),
          account: "root",
          mounts: [RUN, { source: "openvswitch_db", target: "/var/lib/openvswitch/" }],
          health: { test: "ovsdb-client list-dbs unix:/run/openvswitch/db.sock" },
          swap: DATABASE_SWAP,
        },
        "openvswitch-vswitchd": {
          command: SWITCH,
          account: "root",
          mounts: [
            RUN,
            { source: "/lib/modules", target: "/lib/modules", readOnly: true },
            ...(restoresPorts ? [NAMESPACES] : []),
          ],
          // Both are read at start only: another value means another container.
          environment: {
            OVS_DATAPATH: opt.ovs_datapath,
            ...(opt.openvswitch_hw_offload && { OVS_HW_OFFLOAD: "true" }),
          },
          privileges: {
            capabilities: {
              NET_ADMIN: "makes interfaces and programs the datapath",
              NET_RAW: "sends and receives whole frames in the user-space datapath",
              IPC_LOCK: "keeps itself in memory, so that traffic does not wait for a disk",
              SYS_NICE: "gives its packet threads priority",
              ...(opt.ovs_datapath === "system" && { SYS_MODULE: "loads the kernel module openvswitch" }),
              ...(restoresPorts && {
                SYS_ADMIN: "puts ports back into network namespaces after it was started again",
              }),
            },
            ...(opt.ovs_datapath === "netdev" && {
              devices: { "/dev/net/tun": "ports of the user-space datapath are tap devices" },
            }),
          },
          health: { test: SWITCH_ANSWERS },
          handover: SWITCH_HANDOVER,
          swap: SWITCH_SWAP,
          after: ["openvswitch-db-server"],
        },
      },
      execs: [settings(opt), ...(hasExternalBridge(host, site) ? [bridgeExec(opt.ovs_datapath, site)] : [])],
    };
  },
  probes: () => ({
    openvswitch: {
      kind: "exec",
      container: "openvswitch_vswitchd",
      command: shell("list-bridges", listBridges),
    },
  }),
  judge: ({ host, site }) => (hasExternalBridge(host, site) ? bridgeClashes(site) : []),
  kernelModules: ["openvswitch"],
  checks: ({ opt, host, site }, facts) => [
    ...(opt.ovs_datapath === "system" && !facts.kernelModules.openvswitch
      ? [
          {
            message: `The kernel of ${host.name} has no module openvswitch, which ovs_datapath: system needs`,
            hint: 'Install the kernel package that has it, or put "ovs_datapath: netdev" into globals.yml (slower; several hosts then need VLAN networks).',
          },
        ]
      : []),
    ...(hasExternalBridge(host, site) ? absentPorts(host, site, Object.keys(facts.interfaces)) : []),
  ],
});

/** Networks and routers have namespaces on network hosts; on compute hosts routers that are distributed. */
function hasNamespaces(host: HostView, site: SiteView): boolean {
  if (host.in("neutron")) return true;
  return host.in("compute") && site.enabled("neutron") && site.value("enable_neutron_dvr") === true;
}

interface Settings {
  ovs_datapath: string;
  openvswitch_system_id: string;
  openvswitch_hostname: string;
  openvswitch_hw_offload: boolean;
}

/** Before the switch starts: who it is, and in user space checksums in full, without which TCP dies at namespaces. */
function settings(opt: Settings): ExecPart<"openvswitch-db-server" | "openvswitch-vswitchd"> {
  const offload = opt.openvswitch_hw_offload
    ? ["set", "Open_vSwitch", ".", "other_config:hw-offload=true"]
    : ["remove", "Open_vSwitch", ".", "other_config", "hw-offload"];
  return {
    name: "settings",
    container: "openvswitch-db-server",
    command: [
      ...VSCTL,
      "--no-wait",
      "set",
      "Open_vSwitch",
      ".",
      `external_ids:system-id=${opt.openvswitch_system_id}`,
      `external_ids:hostname=${opt.openvswitch_hostname}`,
      `other_config:userspace-tso-enable=${opt.ovs_datapath === "netdev"}`,
      "--",
      ...offload,
    ],
    on: "each",
    before: ["openvswitch-vswitchd"],
  };
}
