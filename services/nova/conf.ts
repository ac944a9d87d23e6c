import type { FilePart, Ini } from "#model";
import {
  authtoken,
  cache,
  concurrency,
  database,
  logging,
  messaging,
  middleware,
  notifications,
  overrideOrder,
  serviceLogin,
  serviceUser,
  transportUrl,
} from "#openstack";
import { nova } from "./api.ts";
import { consoles } from "./consoles.ts";
import { type Context, schemata } from "./context.ts";

export type Program =
  | "nova-api"
  | "nova-metadata"
  | "nova-scheduler"
  | "nova-conductor"
  | "nova-novncproxy"
  | "nova-serialproxy"
  | "nova-compute";

/** So long builds of servers are waited for before nova-compute or libvirt stops (start-libvirt.sh). */
const BUILD_SECONDS = 120;
/** nova-compute lets go of builds so long before it has to end (kolla_compute), for all else that it has under way. */
const SPARE_SECONDS = 20;
/** A container that waits for builds of servers has so long to stop. */
export const BUILD_STOP_SECONDS = BUILD_SECONDS + 2 * SPARE_SECONDS;

/** How Nova starts the process that does what needs root. */
const PRIVSEP = "sudo nova-rootwrap /etc/nova/rootwrap.conf privsep-helper --config-file /etc/nova/nova.conf";

const UNDER_UWSGI: readonly Program[] = ["nova-api", "nova-metadata"];
const ABOVE_CELLS: readonly Program[] = ["nova-api", "nova-metadata", "nova-scheduler"];

/** The files that a program of Nova reads: nova.conf and, where it is used, the operator's vendordata.json. */
export function novaFiles(context: Context, program: Program): FilePart[] {
  return [
    novaConfFile(context, program),
    ...(tellsServers(context, program)
      ? [{ name: "vendordata.json", dest: VENDORDATA, content: { first: vendordata(context), asIs: true } }]
      : []),
  ];
}

const VENDORDATA = "/etc/nova/vendordata.json";
const TELLS_SERVERS: readonly Program[] = ["nova-api", "nova-metadata", "nova-compute"];

/** What the operator tells all servers about this cloud. */
function vendordata({ host }: Context): readonly string[] {
  return [`nova/${host.name}/vendordata.json`, "nova/vendordata.json"];
}

function tellsServers(context: Context, program: Program): boolean {
  return TELLS_SERVERS.includes(program) && context.site.hasOverride(...vendordata(context));
}

function novaConfFile(context: Context, program: Program): FilePart {
  const { host } = context;
  const order = overrideOrder("nova", program, host.name);
  const ofCell = ABOVE_CELLS.includes(program) ? [] : [`nova/${host.name}/${program}.conf`];
  return {
    name: "nova.conf",
    dest: "/etc/nova/nova.conf",
    content: { ini: novaConf(context, program), overrides: [...order, ...ofCell] },
  };
}

/** nova.conf of one program. Each gets what it needs: nova-compute, for one, knows no database. */
function novaConf(context: Context, program: Program): Ini {
  const pthread = UNDER_UWSGI.includes(program);
  return {
    DEFAULT: general(context, program),
    ...databases(context, program),
    ...ofProgram(context, program),
    ...otherServices(context),
    ...consoles(context),
    ...(tellsServers(context, program) && { api: { vendordata_jsonfile_path: VENDORDATA } }),
    cache: cache(context),
    // Programs of two releases understand each other while hosts are upgraded one after the other.
    upgrade_levels: { compute: "auto" },
    oslo_concurrency: concurrency("nova"),
    oslo_messaging_notifications: notifications(context, "nova"),
    // Under uwsgi Nova's green threads stand still between requests, and heartbeats with them.
    oslo_messaging_rabbit: messaging(context, { pthread }),
  };
}

function general(context: Context, program: Program): Ini[string] {
  const { host } = context;
  return {
    ...logging(context, "nova", UNDER_UWSGI.includes(program) ? `${program}.log` : undefined),
    state_path: "/var/lib/nova",
    my_ip: host.apiAddress,
    transport_url: transportUrl(context),
    allow_resize_to_same_host: true,
    ...(program === "nova-compute" && {
      compute_driver: "libvirt.LibvirtDriver",
      graceful_shutdown_timeout: BUILD_SECONDS + SPARE_SECONDS,
    }),
  };
}

function databases(context: Context, program: Program): Ini {
  const { api, cell0, cell } = schemata(context.opt);
  if (program === "nova-compute") return {};
  const above = { api_database: database(context, api) };
  if (ABOVE_CELLS.includes(program)) return { ...above, database: database(context, cell0) };
  const own = { database: database(context, cell) };
  return program === "nova-conductor" ? { ...above, ...own } : own;
}

function ofProgram(context: Context, program: Program): Ini {
  const { opt } = context;
  switch (program) {
    case "nova-api":
    case "nova-metadata":
      return { keystone_authtoken: authtoken(context, nova.account(opt)), oslo_middleware: middleware() };
    case "nova-conductor":
      return { conductor: { workers: opt.nova_cell_conductor_workers } };
    case "nova-scheduler":
      // Hosts are discovered by a command after they have registered, not by a timer.
      return { scheduler: { workers: opt.nova_scheduler_workers, discover_hosts_in_cells_interval: -1 } };
    case "nova-compute":
      return {
        libvirt: libvirt(context),
        privsep_entrypoint: { helper_command: PRIVSEP },
        // libvirt compares processors itself when a server comes, and knows better what the server really uses.
        workarounds: { skip_cpu_compare_on_dest: true },
      };
    case "nova-novncproxy":
    case "nova-serialproxy":
      return {};
  }
}

/**
 * nova-compute talks to libvirt through its socket in /run/libvirt, and tells the libvirt of the host that a server
 * leaves which one to call.
 */
function libvirt(context: Context): Ini[string] {
  const { opt } = context;
  const otherPort = opt.nova_libvirt_port !== LIBVIRT_PORT;
  return {
    connection_uri: "qemu:///system",
    live_migration_inbound_addr: opt.migration_interface_address,
    live_migration_uri: otherPort ? `qemu+tcp://%s:${opt.nova_libvirt_port}/system` : undefined,
    virt_type: opt.nova_compute_virt_type,
    cpu_mode: opt.nova_libvirt_cpu_mode || undefined,
    // Devices that a server of machine type q35 can be given as it runs.
    num_pcie_ports: 16,
  };
}

/** The port that libvirt's addresses mean when they name none. */
const LIBVIRT_PORT = 16509;

function otherServices(context: Context): Ini {
  const { opt } = context;
  return {
    glance: {
      valid_interfaces: "internal",
      region_name: opt.openstack_region_name,
      cafile: opt.openstack_cacert || undefined,
      num_retries: 3,
    },
    placement: serviceLogin(context, "placement"),
    neutron: {
      ...serviceLogin(context, "neutron"),
      service_metadata_proxy: true,
      metadata_proxy_shared_secret: opt.metadata_secret,
    },
    service_user: serviceUser(context, nova.account(opt)),
  };
}
