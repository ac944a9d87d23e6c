import { type Api, type ContainerPart, READY_FILE, TURN_PORT } from "#model";
import { queueProgram, type Served, served, slowStart, turnHealth } from "#openstack";
import { nova } from "./api.ts";
import { novaFiles } from "./conf.ts";
import { graphicalApi, serialApi } from "./consoles.ts";
import type { Context, Opt } from "./context.ts";
import startConsole from "./start-console.sh";

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

/** Nothing can hold an open console. */
const CONSOLES_END: ContainerPart["swap"] = {
  effect: "requests-fail",
  why: "both would listen on the same port",
  seconds: 20,
};

/** Graphical consoles in the browser. */
export function novncproxy(context: Context): ContainerPart {
  const api = graphicalApi(context.opt);
  return {
    ...consoleProxy(context, "nova-novncproxy", "--vnc-novncproxy_port /usr/share/novnc"),
    turns: api.name,
    health: turnHealth(api, context.host),
  };
}

/** Servers' serial consoles, over WebSocket. */
export function serialproxy(context: Context): ContainerPart {
  return {
    ...consoleProxy(context, "nova-serialproxy", "--serial_console-serialproxy_port"),
    turns: serialApi(context.opt).name,
    health: { test: `healthcheck_listen nova-serialproxy "$${TURN_PORT}"` },
  };
}

const START_CONSOLE = "/etc/nova/start-console.sh";

/** `words`: what start-console.sh is told beside the program. */
function consoleProxy(
  context: Context,
  program: "nova-novncproxy" | "nova-serialproxy",
  words: string,
): Omit<ContainerPart, "health"> {
  const start = { name: "start-console.sh", dest: START_CONSOLE, content: startConsole, sensitive: false };
  return {
    command: `bash ${START_CONSOLE} ${READY_FILE} ${program} ${words}`,
    account: "nova",
    files: [...novaFiles(context, program), start],
    swap: CONSOLES_END,
    ...slowStart(),
  };
}
