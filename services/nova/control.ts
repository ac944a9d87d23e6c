import type { ContainerPart } from "#model";
import { served, slowStart } from "#openstack";
import { novaFiles } from "./conf.ts";
import type { Context } from "./context.ts";

/** The compute API. */
export function api(context: Context): ContainerPart {
  const { opt } = context;
  return wsgi(context, "nova-api", {
    module: "nova.wsgi.osapi_compute:application",
    port: opt.nova_api_listen_port,
    processes: opt.nova_api_workers,
  });
}

/** The metadata API: what servers learn about themselves, through Neutron's metadata agents. */
export function metadata(context: Context): ContainerPart {
  const { opt } = context;
  return wsgi(context, "nova-metadata", {
    module: "nova.wsgi.metadata:application",
    port: opt.nova_metadata_listen_port,
    processes: opt.nova_metadata_api_workers,
  });
}

function wsgi(
  context: Context,
  program: "nova-api" | "nova-metadata",
  application: { module: string; port: number; processes: number },
): ContainerPart {
  const { command, server } = served(context, { service: "nova", name: program, ...application });
  return {
    command,
    account: "nova",
    files: [...novaFiles(context, program), server],
    health: { test: `healthcheck_curl http://${context.host.apiAddress}:${application.port}/` },
    ...slowStart(),
  };
}

/** A program that works from the message queue: healthy while it has a connection to it. */
export function worker(context: Context, program: "nova-scheduler" | "nova-conductor"): ContainerPart {
  return {
    command: program,
    account: "nova",
    files: novaFiles(context, program),
    health: { test: `healthcheck_port ${program} ${context.opt.om_rpc_port}` },
    ...slowStart(),
  };
}

/** Graphical consoles in the browser. */
export function novncproxy(context: Context): ContainerPart {
  const { opt, host } = context;
  return {
    command: "nova-novncproxy",
    account: "nova",
    files: novaFiles(context, "nova-novncproxy"),
    health: {
      test: `healthcheck_curl http://${host.apiAddress}:${opt.nova_novncproxy_listen_port}/vnc_lite.html`,
    },
    ...slowStart(),
  };
}

/** Servers' serial consoles, over WebSocket. */
export function serialproxy(context: Context): ContainerPart {
  return {
    command: "nova-serialproxy",
    account: "nova",
    files: novaFiles(context, "nova-serialproxy"),
    health: { test: `healthcheck_listen nova-serialproxy ${context.opt.nova_serialproxy_listen_port}` },
    ...slowStart(),
  };
}
