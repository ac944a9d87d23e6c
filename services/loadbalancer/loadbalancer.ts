import {
  type ContainerPart,
  type ExecPart,
  type FilePart,
  type ServiceContext,
  service,
  shell,
} from "#model";
import { carriers, ownSnippets } from "./carriers.ts";
import checkAlive from "./check-alive.sh";
import checkOwn from "./check-own.sh";
import { haproxyCfg, serviceCfg } from "./haproxy.ts";
import { keepalivedConf } from "./keepalived.ts";
import { options } from "./options.ts";
import reloadHaproxy from "./reload-haproxy.sh";
import startHaproxy from "./start-haproxy.sh";
import { moot, refuses } from "./unsupported.ts";

type Context = ServiceContext<typeof options>;

const HAPROXY_FILES = ["-f", "/etc/haproxy/haproxy.cfg", "-f", "/etc/haproxy/services.d/"];
/** Kolla-Ansible's word for a kernel setting that is left alone. */
const UNSET = "KOLLA_UNSET";
/** Told to end in any other way it would take the VIP with it, which the next one has by then. */
const VIP_HANDOVER = { signal: "SIGKILL", seconds: 10 };
/** By which HAProxy starts, and is asked for its health, where the operator has no script of his own. */
const OWN_SCRIPTS = [
  executable("start-haproxy.sh", "/start_haproxy.sh", startHaproxy),
  executable("check-own.sh", "/check_own.sh", checkOwn),
];
/**
 * A soft stop (HAProxy's management guide, 4). Requests have ended long before; what stays longest are connections to the
 * database that clients keep for later, and one of those that is cut off idle is noticed before it is used again.
 */
const HANDOVER = { signal: "SIGUSR1", seconds: 120 };
const SOCKET = { source: "haproxy_socket", target: "/var/lib/kolla/haproxy/" };

export default service("loadbalancer", {
  summary: "Address of the cloud, and what spreads its requests over the hosts.",
  enabled: "{{ enable_haproxy or enable_keepalived }}",
  groups: { loadbalancer: ["network"] },
  provides: { what: "balancer", carriers },
  needs: [],
  containers: {
    haproxy: { group: "loadbalancer", set: "loadbalancer", enabled: "enable_haproxy" },
    keepalived: {
      group: "loadbalancer",
      set: "loadbalancer",
      enabled: "enable_keepalived",
      holdsVip: true,
      // It takes the VIP off its interface when it is told to end.
      teardown: { toldToEnd: true },
    },
  },
  options,
  refuses,
  moot,
  refusesFiles: {
    "haproxy-config/*.j2":
      "a template for all services needs Kolla-Ansible's own description of each; write haproxy-config/<container>.cfg",
  },
  declare: () => ({ logs: ["haproxy"] }),
  define: (context) => {
    const { opt } = context;
    return {
      containers: {
        ...(opt.enable_haproxy && { haproxy: haproxy(context) }),
        ...(opt.enable_keepalived && { keepalived: keepalived(context) }),
      },
      execs: opt.enable_haproxy && opt.enable_keepalived ? [awaitVip(context)] : [],
      sysctl: kernelSettings(opt),
    };
  },
  probes: ({ opt }) => ({
    loadbalancer: {
      kind: "http",
      url: `http://${opt.kolla_internal_vip_address}:${opt.haproxy_monitor_port}/`,
      expect: [200],
    },
  }),
});

/** Hosts that do not hold the VIP listen on it all the same, so that it can move in a moment. */
function kernelSettings(opt: Context["opt"]): Record<string, string> {
  const retries = opt.haproxy_host_ipv4_tcp_retries2;
  return {
    ...(opt.enable_keepalived && { "net.ipv4.ip_nonlocal_bind": "1" }),
    ...(opt.enable_haproxy && retries !== UNSET && { "net.ipv4.tcp_retries2": retries }),
  };
}

function haproxy(context: Context): ContainerPart {
  const { opt, host, site } = context;
  const script = [`haproxy/${host.name}/haproxy_run.sh`, "haproxy/haproxy_run.sh"];
  const main = [`haproxy/${host.name}/haproxy_main.cfg`, "haproxy/haproxy_main.cfg"];
  const hasScript = site.hasOverride(...script);
  const files: FilePart[] = [
    file("haproxy.cfg", "/etc/haproxy/haproxy.cfg", {
      first: main,
      otherwise: haproxyCfg(opt, host),
    }),
    { ...file("haproxy_run.sh", "/etc/haproxy/haproxy_run.sh", { first: script }), perm: "0700" },
    ...(hasScript ? [] : OWN_SCRIPTS),
    ...snippets(context),
  ];
  const monitor = `http://${host.apiAddress}:${opt.haproxy_monitor_port}`;
  return {
    command: hasScript ? "/etc/haproxy/haproxy_run.sh" : `/start_haproxy.sh ${HAPROXY_FILES.join(" ")}`,
    account: "root",
    files,
    // What the operator's own script starts is not ours to signal.
    ...(!hasScript && { reload: shell("reload-haproxy", reloadHaproxy, ...HAPROXY_FILES) }),
    // Nor do we know whether that script takes sockets over, or his configuration hands them over.
    ...(!hasScript && !site.hasOverride(...main) && { handover: HANDOVER }),
    mounts: [SOCKET],
    privileges: { capabilities: { NET_BIND_SERVICE: "serves ports below 1024, such as 80 and 443" } },
    health: { test: hasScript ? `healthcheck_curl ${monitor}` : `/check_own.sh ${monitor}` },
    swap: {
      effect: "requests-fail",
      why: "both would listen on the same addresses and ports",
      seconds: 5,
    },
  };
}

/**
 * Files of services.d: one for each API unless the operator has his own, and the operator's further ones. His own is
 * named after the container that serves the API, which has the name of its group, and stands for all APIs of it.
 */
function snippets({ opt, host, site }: Context): FilePart[] {
  const made = site.apis.map((api) => {
    const own = ownSnippets(api, host);
    if (site.hasOverride(...own)) return snippet(`${api.group}.cfg`, { first: own });
    return { ...snippet(`${api.name}.cfg`, serviceCfg(api, opt, site)), sensitive: false };
  });
  const added = site
    .overridesIn("haproxy/services.d")
    .filter((name) => name.endsWith(".cfg"))
    .map((name) => snippet(name, { first: [`haproxy/services.d/${name}`] }));
  return [...new Map([...made, ...added].map((part) => [part.name, part])).values()];
}

function snippet(name: string, content: FilePart["content"]): FilePart {
  return file(`services.d/${name}`, `/etc/haproxy/services.d/${name}`, content);
}

function file(name: string, dest: string, content: FilePart["content"]): FilePart {
  return { name, dest, content };
}

function executable(name: string, dest: string, content: string): FilePart {
  return { ...file(name, dest, content), perm: "0770", sensitive: false };
}

function keepalived(context: Context): ContainerPart<"haproxy"> {
  const { opt, host, site } = context;
  const members = site.hosts("loadbalancer");
  const own = [`keepalived/${host.name}/keepalived.conf`, "keepalived/keepalived.conf"];
  return {
    command: "/usr/sbin/keepalived -nld -P -p /run/keepalived.pid",
    account: "root",
    files: [
      file("keepalived.conf", "/etc/keepalived/keepalived.conf", {
        first: own,
        otherwise: keepalivedConf(opt, host, members),
      }),
      executable("check_alive.sh", "/check_alive.sh", checkAlive),
    ],
    mounts: [SOCKET],
    privileges: {
      capabilities: {
        NET_ADMIN: "puts the VIP on an interface",
        NET_RAW: "speaks VRRP, a protocol beside TCP and UDP",
        NET_BROADCAST: "announces and hears its peers by multicast",
      },
    },
    health: { test: 'kill -0 "$(cat /run/keepalived.pid)"' },
    // Where there are others one of them takes the VIP, and what an operator's own configuration does is not known.
    ...(members.length === 1 && !site.hasOverride(...own) && { handover: VIP_HANDOVER }),
    swap: {
      effect: "requests-fail",
      why: "two of one router on a host would both hold the address",
      seconds: 5,
    },
    after: opt.enable_haproxy ? ["haproxy"] : [],
  };
}

/** Others may use the VIP once it answers, which takes keepalived some seconds. */
function awaitVip({ opt }: Context): ExecPart<"haproxy"> {
  const url = `http://${opt.kolla_internal_vip_address}:${opt.haproxy_monitor_port}/`;
  return {
    name: "await-vip",
    container: "haproxy",
    command: [
      "curl",
      "--silent",
      "--show-error",
      "--fail",
      "--output",
      "/dev/null",
      "--retry",
      "60",
      "--retry-delay",
      "1",
      "--retry-all-errors",
      "--max-time",
      "90",
      url,
    ],
    timeoutSeconds: 120,
  };
}
