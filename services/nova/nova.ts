import { type Judgement, service } from "#model";
import { administrator, portDevices } from "#openstack";
import { nova } from "./api.ts";
import { discovery, schemaJobs } from "./cells.ts";
import { compute, libvirt, ssh } from "./compute.ts";
import { consoleApis } from "./consoles.ts";
import { schemata } from "./context.ts";
import { api, metadata, metadataApi, novncproxy, serialproxy, worker } from "./control.ts";
import { options } from "./options.ts";
import { mootFiles } from "./override-files.ts";
import { moot, refuses } from "./unsupported.ts";

/** Good: all are up; one that an operator switched off, and is down, does not count. */
const SERVICES: Judgement = {
  list: "services",
  ignored: { status: "disabled", state: { not: "up" } },
  well: { state: "up" },
  words: "{well} of {counted} up",
  troubles: [{ when: { state: { not: "up" } }, words: "{binary} on {host} is down" }],
};

/** Compute: places servers on hosts and runs them there. */
export default service("nova", {
  summary: "Compute: places servers on hosts and runs them.",
  enabled: "{{ enable_openstack_core }}",
  hasInstallType: true,
  groups: {
    nova: ["control"],
    "nova-api": ["nova"],
    "nova-metadata": ["nova"],
    "nova-scheduler": ["nova"],
    "nova-conductor": ["nova"],
    "nova-novncproxy": ["nova"],
    "nova-serialproxy": ["nova"],
  },
  // nova-metadata is a group of its own since 2025.1; not every inventory has one for what is off unless it is asked for.
  standIns: { "nova-metadata": "nova-api", "nova-serialproxy": "nova" },
  needs: [...nova.usual.needs, "glance", "placement", "openvswitch"],
  containers: {
    "nova-conductor": { group: "nova-conductor", set: "nova-scheduling" },
    "nova-scheduler": { group: "nova-scheduler", set: "nova-scheduling" },
    "nova-api": { group: "nova-api", set: "nova-api-operation" },
    "nova-metadata": { group: "nova-metadata", set: "nova-api-operation", image: "nova-api" },
    "nova-novncproxy": {
      group: "nova-novncproxy",
      set: "nova-console",
      enabled: "{{ nova_console == 'novnc' }}",
    },
    "nova-serialproxy": {
      group: "nova-serialproxy",
      set: "nova-console",
      enabled: "{{ enable_nova_serialconsole_proxy }}",
    },
    "nova-libvirt": {
      group: "compute",
      set: "nova-compute-operation",
      enabled: "{{ enable_nova_libvirt_container }}",
      teardown: {
        // Nova calls a server so, and libvirt hands the name to qemu.
        servers: { program: "(qemu|kvm).*", argument: "guest=instance-[0-9a-f]{8}(,.*)?" },
        runDirectories: ["libvirt"],
        devices: [portDevices("tap")],
      },
      serves: "host",
    },
    "nova-ssh": {
      group: "compute",
      set: "nova-compute-operation",
      enabled: "{{ enable_nova_ssh }}",
      rollout: "all",
      serves: "host",
    },
    "nova-compute": {
      group: "compute",
      set: "nova-compute-operation",
      serves: "host",
      teardown: { devices: [portDevices("qvo", "qvb")], kernelBridges: [portDevices("qbr")] },
    },
  },
  options,
  mootFiles,
  refuses,
  moot,

  declare: (opt) => ({
    ...nova.usual.declare(opt),
    apis: [nova.api(opt), metadataApi(opt), ...consoleApis(opt)],
    databases: Object.values(schemata(opt)),
    logs: ["nova", "libvirt"],
  }),

  define: (context) => ({
    containers: {
      "nova-api": api(context),
      "nova-metadata": metadata(context),
      "nova-scheduler": worker(context, "nova-scheduler"),
      "nova-conductor": worker(context, "nova-conductor"),
      "nova-novncproxy": novncproxy(context),
      "nova-serialproxy": serialproxy(context),
      "nova-libvirt": libvirt(context),
      "nova-ssh": ssh(context),
      "nova-compute": compute(context),
    },
    jobs: schemaJobs(context),
    execs: [discovery(context)],
  }),

  probes: (context) => ({
    nova: {
      kind: "http",
      url: `${context.site.url("compute", "internal")}/os-services`,
      account: administrator(context),
      expect: [200],
      judgement: SERVICES,
    },
  }),

  kernelModules: ["kvm"],
  checks: ({ opt, host }, facts) =>
    opt.nova_compute_virt_type === "kvm" && host.in("compute") && !facts.kernelModules.kvm
      ? [
          {
            message: "This host has no KVM, and servers are to run with it",
            hint: "Turn virtualisation on in the firmware, or set nova_compute_virt_type: qemu (slow).",
          },
        ]
      : [],
});
