import type { Api, ContainerPart } from "#model";
import { apiHealth, queueProgram, type Served, served, slowStart } from "#openstack";
import { nova } from "./api.ts";
import { novaFiles } from "./conf.ts";
import { graphicalApi, serialApi } from "./consoles.ts";
import type { Context, Opt } from "./context.ts";

/** The compute API. */
export function api(context: Context): ContainerPart {
  return underUwsgi(context, "nova-api", nova.served(context));
}

/** What metadata agents ask, inside: what servers are told about themselves. */
export function metadataApi(opt: Opt): Api {
  return {
    name: "nova_metadata",
    group: "nova-metadata",
    mode: "http",
    port: opt.nova_metadata_port,
    ...(opt.nova_enable_external_metadata && { publicPort: opt.nova_metadata_port }),
    listenPort: opt.nova_metadata_listen_port,
    sparePort: opt.nova_metadata_spare_port,
    check: "/",
  };
}

/** The metadata API: what servers learn about themselves, through Neutron's metadata agents. */
export function metadata(context: Context): ContainerPart {
  const { opt } = context;
  const program = "nova-metadata";
  const application = { module: "nova.wsgi.metadata:application", processes: opt.nova_metadata_api_workers };
  const own = { service: "nova", name: program, ...application };
  return underUwsgi(context, program, served(context, metadataApi(opt), own));
}

function underUwsgi(
  context: Context,
  program: "nova-api" | "nova-metadata",
  { part, server }: Served,
): ContainerPart {
  return { ...part, files: [...novaFiles(context, program), server] };
}

/** What schedules and what writes for compute hosts. */
export function worker(context: Context, program: "nova-scheduler" | "nova-conductor"): ContainerPart {
  return { ...queueProgram(context, "nova", program), files: novaFiles(context, program) };
}

/** Graphical consoles in the browser. */
export function novncproxy(context: Context): ContainerPart {
  const { opt, host } = context;
  return {
    command: "nova-novncproxy",
    account: "nova",
    files: novaFiles(context, "nova-novncproxy"),
    health: apiHealth(graphicalApi(opt), host),
    ...slowStart(),
  };
}

/** Servers' serial consoles, over WebSocket. */
export function serialproxy(context: Context): ContainerPart {
  return {
    command: "nova-serialproxy",
    account: "nova",
    files: novaFiles(context, "nova-serialproxy"),
    health: { test: `healthcheck_listen nova-serialproxy ${serialApi(context.opt).listenPort}` },
    ...slowStart(),
  };
}
