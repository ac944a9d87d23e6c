import type { ContainerPart, FilePart, Mount } from "#model";
import { privateKeyFile, queueProgram, slowStart, sshClientConfig, sshServer } from "#openstack";
import { BUILD_STOP_SECONDS, novaFiles } from "./conf.ts";
import type { Context } from "./context.ts";
import hook from "./libvirt-hook.sh";
import { accountFiles } from "./migration.ts";
import startLibvirt from "./start-libvirt.sh";
import { libvirtdConf, qemuConf } from "./templates.ts";

/** libvirt's socket, for those that share it. /run as a whole stays the host's. */
const LIBVIRT_SOCKETS: Mount = { source: "/run/libvirt", target: "/run/libvirt" };

/** Inside the container of libvirt. */
const START_LIBVIRT = "/usr/local/bin/kolla_nova_libvirt_start";

/** Servers run as Nova's account, which is in this group; distributions give the device to groups of other numbers. */
const KVM = { path: "/dev/kvm", owner: "root:qemu", perm: "0660" };

/** Where the disks of servers are; libvirt, Nova and SSH see the same. */
function disks({ opt }: Context): Mount {
  return { source: opt.nova_instance_datadir_volume, target: "/var/lib/nova/" };
}

/** Starts, stops and wires servers of this host, through libvirt. */
export function compute(context: Context): ContainerPart<"nova-libvirt"> {
  const part = queueProgram(context, "nova", "nova-compute");
  return {
    ...part,
    // Builds of servers end in it or wait for the next one, which Nova alone would give up.
    command: "python3 /usr/local/lib/kolla_compute/nova-compute",
    stopTimeout: BUILD_STOP_SECONDS,
    swap: { ...part.swap, effect: "acts-fail" },
    files: [...novaFiles(context, "nova-compute"), providerConfig(context), releaseFile(context)],
    permissions: [{ path: "/var/lib/nova", owner: "nova:nova" }],
    // Nova reads a server's console through the terminal that libvirt, on the host's /dev, gave it.
    mounts: [LIBVIRT_SOCKETS, disks(context), { source: "/dev/pts", target: "/dev/pts" }],
    environment: { LIBGUESTFS_BACKEND: "direct" },
    privileges: {
      capabilities: {
        NET_ADMIN: "plugs the servers' network devices into Open vSwitch",
        SYS_ADMIN:
          "Nova's privileged helper keeps this capability while it works and does not start without it",
        DAC_READ_SEARCH:
          "Nova's privileged helper keeps this capability while it works and does not start without it",
      },
    },
    after: context.opt.enable_nova_libvirt_container ? ["nova-libvirt"] : [],
  };
}

/** Resources of hosts that Nova cannot see itself: the operator's file, or what he says in variables (JSON is YAML too). */
function providerConfig({ opt, host }: Context): FilePart {
  const own = opt.nova_cell_compute_provider_config;
  const told = Object.keys(own).length > 0 ? { otherwise: `${JSON.stringify(own, null, 2)}\n` } : {};
  return {
    name: "provider_config.yaml",
    dest: "/etc/nova/provider_config/provider_config.yaml",
    content: { first: [`nova/${host.name}/provider_config.yaml`, "nova/provider_config.yaml"], ...told },
  };
}

/** The operator's own name and version of Nova for what servers see of their hardware. */
function releaseFile({ host }: Context): FilePart {
  const first = [`nova_compute/${host.name}/release`, "nova_compute/release", "nova/release"];
  return { name: "release", dest: "/etc/nova/release", content: { first, asIs: true }, sensitive: false };
}

/**
 * libvirt and the processes of all servers of this host.
 * Where Kolla-Ansible gives everything (privileged, all of /run), this names what is needed.
 */
export function libvirt(context: Context): ContainerPart {
  const { opt, host } = context;
  const own = (file: string, otherwise: string) => ({
    first: [`nova/${host.name}/${file}.j2`, `nova/${file}.j2`, `nova/${file}`],
    otherwise,
  });
  return {
    command: START_LIBVIRT,
    account: "root",
    user: "root",
    files: [
      {
        name: "libvirtd.conf",
        dest: "/etc/libvirt/libvirtd.conf",
        content: own("libvirtd.conf", libvirtdConf(context)),
        sensitive: false,
      },
      {
        name: "start-libvirt.sh",
        dest: START_LIBVIRT,
        content: startLibvirt,
        perm: "0755",
        sensitive: false,
      },
      {
        name: "qemu.conf",
        dest: "/etc/libvirt/qemu.conf",
        content: own("qemu.conf", qemuConf(context)),
        sensitive: false,
      },
      ...hookFile(context),
      ...accountFiles(context),
    ],
    permissions: opt.nova_compute_virt_type === "kvm" ? [KVM] : [],
    mounts: [
      LIBVIRT_SOCKETS,
      disks(context),
      { source: "libvirtd", target: "/var/lib/libvirt" },
      { source: "nova_libvirt_qemu", target: "/etc/libvirt/qemu" },
      { source: "/run/openvswitch", target: "/run/openvswitch" },
      { source: "/dev", target: "/dev" },
      { source: "/sys/fs/cgroup", target: "/sys/fs/cgroup" },
    ],
    health: { test: "virsh version --daemon" },
    swap: LIBVIRT_SWAP,
    stopTimeout: BUILD_STOP_SECONDS,
    ...slowStart(),
    privileges: {
      capabilities: libvirtCapabilities,
      namespaces: {
        pid: "servers live on when this container is replaced, and the new libvirt must find them",
        cgroup: "servers get control groups outside of this container's, so that they do not end with it",
      },
      security: {
        "apparmor=unconfined": "the engine's profile forbids the mounts that give each server its own /dev",
      },
    },
  };
}

/** What libvirt does once a server runs: only a switch in user space needs it. */
function hookFile({ site }: Context): FilePart[] {
  if (site.value("ovs_datapath") !== "netdev") return [];
  return [
    {
      name: "libvirt-hook.sh",
      dest: "/etc/libvirt/hooks/qemu",
      content: hook,
      perm: "0755",
      sensitive: false,
    },
  ];
}

/** Servers are processes of the host's: they run on. */
const LIBVIRT_SWAP: ContainerPart["swap"] = {
  effect: "acts-fail",
  why: "two would look after the same servers, on one socket",
  seconds: 10,
};

const libvirtCapabilities: Readonly<Record<string, string>> = {
  MKNOD: "makes each server's own /dev",
  NET_ADMIN: "makes the servers' network devices",
  SETPCAP: "takes all capabilities from the servers' processes",
  SYS_ADMIN: "gives each server a view of its own of mounts",
  SYS_CHROOT: "enters a server's view of mounts to make its devices there",
  SYS_NICE: "pins servers to processors and memory",
  SYS_PTRACE: "finds the way into that view through /proc, whatever account the server runs as",
};

/** SSH between compute hosts: the disks of servers move through it. */
export function ssh(context: Context): ContainerPart {
  const { opt, host } = context;
  const server = sshServer({
    account: "nova",
    key: opt.nova_ssh_key,
    addresses: [...new Set([host.apiAddress, opt.migration_interface_address])],
    port: opt.nova_ssh_port,
    // A disk that moves to another host while it ends does not arrive.
    effect: "acts-fail",
    authorizedKeys: { path: "/etc/ssh/authorized_keys.d/%u", perm: "0644" },
  });
  return {
    ...server,
    files: [
      ...server.files,
      {
        name: "id_rsa",
        dest: "/var/lib/nova/.ssh/id_rsa",
        content: privateKeyFile(opt.nova_ssh_key),
        owner: "nova",
      },
      {
        name: "ssh_config",
        dest: "/var/lib/nova/.ssh/config",
        content: sshClientConfig(opt.nova_ssh_port),
        owner: "nova",
        sensitive: false,
      },
    ],
    permissions: [{ path: "/var/lib/nova/.ssh", owner: "nova:nova", perm: "0700" }],
    mounts: [disks(context)],
  };
}
