import { basename } from "node:path";
import { type Api, type Ini, READY_FILE } from "#model";
import type { Context, Opt } from "./context.ts";

/** Each proxy's name for the file, which start-console.sh puts among what the proxy serves. */
const READY = `/${basename(READY_FILE)}`;

/** Sections of nova.conf about consoles: where servers offer them, and the address that users are told. */
export function consoles(context: Context): Ini {
  const serial = context.opt.enable_nova_serialconsole_proxy
    ? { serial_console: serialConsole(context) }
    : {};
  return { vnc: graphical(context), ...serial };
}

function graphical({ opt, host }: Context): Ini[string] {
  if (opt.nova_console === "none") return { enabled: false };
  const base = `${opt.public_protocol}://${opt.nova_novncproxy_fqdn}:${opt.nova_novncproxy_public_port}`;
  return {
    enabled: true,
    novncproxy_host: host.apiAddress,
    novncproxy_base_url: `${base}/vnc_lite.html`,
    server_listen: host.apiAddress,
    server_proxyclient_address: host.apiAddress,
  };
}

function serialConsole({ opt, host }: Context): Ini[string] {
  const { nova_serialproxy_protocol: protocol, nova_serialproxy_fqdn: name } = opt;
  return {
    enabled: true,
    base_url: `${protocol}://${name}:${opt.nova_serialproxy_public_port}/`,
    serialproxy_host: host.apiAddress,
    proxyclient_address: host.apiAddress,
  };
}

/** What users' browsers and terminals reach through the load balancer. */
export function consoleApis(opt: Opt): readonly Api[] {
  return [
    ...(opt.nova_console === "novnc" ? [graphicalApi(opt)] : []),
    ...(opt.enable_nova_serialconsole_proxy ? [serialApi(opt)] : []),
  ];
}

/** Graphical consoles, behind a page that browsers load. */
export function graphicalApi(opt: Opt): Api {
  return {
    name: "nova_novncproxy",
    group: "nova-novncproxy",
    mode: "http",
    port: opt.nova_novncproxy_port,
    publicPort: opt.nova_novncproxy_public_port,
    listenPort: opt.nova_novncproxy_listen_port,
    sparePort: opt.nova_novncproxy_spare_port,
    check: "/vnc_lite.html",
    ready: READY,
    drainSeconds: opt.nova_console_drain_seconds,
    backendExtra: ["timeout tunnel 1h"],
  };
}

/** Serial consoles: WebSocket alone, without pages. */
export function serialApi(opt: Opt): Api {
  return {
    name: "nova_serialproxy",
    group: "nova-serialproxy",
    mode: "http",
    port: opt.nova_serialproxy_port,
    publicPort: opt.nova_serialproxy_public_port,
    listenPort: opt.nova_serialproxy_listen_port,
    sparePort: opt.nova_serialproxy_spare_port,
    ready: READY,
    drainSeconds: opt.nova_console_drain_seconds,
    backendExtra: [`timeout tunnel ${opt.haproxy_nova_serialconsole_proxy_tunnel_timeout}`],
  };
}
