import { CHECK_HEADER, type HostView, type NamedApi, type Secret, type SiteView } from "#model";

export interface BalancerOptions {
  haproxy_user: string;
  haproxy_password: Secret;
  haproxy_stats_port: number;
  syslog_server: string;
  syslog_udp_port: number;
  syslog_haproxy_facility: string;
  haproxy_monitor_port: number;
  haproxy_enable_external_vip: boolean;
  haproxy_max_connections: number;
  haproxy_defaults_max_connections: number;
  haproxy_threads: number;
  haproxy_thread_cpu_map: boolean;
  haproxy_frontend_http_extra: readonly string[];
  haproxy_backend_http_extra: readonly string[];
  haproxy_frontend_tcp_extra: readonly string[];
  haproxy_backend_tcp_extra: readonly string[];
  haproxy_defaults_balance: string;
  haproxy_http_request_timeout: string;
  haproxy_http_keep_alive_timeout: string;
  haproxy_queue_timeout: string;
  haproxy_connect_timeout: string;
  haproxy_client_timeout: string;
  haproxy_server_timeout: string;
  haproxy_check_timeout: string;
  haproxy_health_check: string;
  haproxy_retries: number;
  kolla_internal_vip_address: string;
  kolla_external_vip_address: string;
}

/**
 * A backend that is being replaced refuses, or drops what waited at its door: such a request is put to it again. One that
 * may have been half done is not, if to do it twice is not the same as once; to ask for a token twice is.
 */
const HOLD = [
  "retry-on conn-failure empty-response",
  "http-request disable-l7-retry if METH_POST !{ path_end /auth/tokens }",
  "http-request disable-l7-retry if { method PATCH }",
];

/** Where HAProxy is asked; the generations of its container share the directory. */
const STATS_SOCKET = "/var/lib/kolla/haproxy/haproxy.sock";
/** What start-haproxy.sh and reload-haproxy.sh write down. */
const SERVER_STATES = "/run/haproxy-servers";

/** haproxy.cfg: the process, what all sections share, its own health and its statistics. */
export function haproxyCfg(opt: BalancerOptions, host: HostView): string {
  return sections([
    [
      "global",
      "user haproxy",
      "group haproxy",
      "log stdout format raw local0",
      ...(opt.syslog_server
        ? [`log ${opt.syslog_server}:${opt.syslog_udp_port} ${opt.syslog_haproxy_facility}`]
        : []),
      `maxconn ${opt.haproxy_max_connections}`,
      // Where the host allows fewer open files than that needs, it serves as many as it may instead of none.
      "no strict-limits",
      `nbthread ${opt.haproxy_threads}`,
      ...cpuMap(opt),
      // The next process, of this container or of its next generation, is handed the sockets that this one listens on.
      `stats socket ${STATS_SOCKET} group kolla mode 660 level admin expose-fd listeners`,
      // It begins with what this one knows of the servers: none that is down is tried first.
      `server-state-file ${SERVER_STATES}`,
    ],
    [
      "defaults",
      "log global",
      "load-server-state-from-file global",
      "option redispatch",
      // A connection that is refused is tried again: a backend that is being replaced costs time, not errors.
      `retries ${opt.haproxy_retries}`,
      `maxconn ${opt.haproxy_defaults_max_connections}`,
      `timeout http-request ${opt.haproxy_http_request_timeout}`,
      `timeout http-keep-alive ${opt.haproxy_http_keep_alive_timeout}`,
      `timeout queue ${opt.haproxy_queue_timeout}`,
      `timeout connect ${opt.haproxy_connect_timeout}`,
      `timeout client ${opt.haproxy_client_timeout}`,
      `timeout server ${opt.haproxy_server_timeout}`,
      `timeout check ${opt.haproxy_check_timeout}`,
      `balance ${opt.haproxy_defaults_balance}`,
    ],
    [
      "listen stats",
      `bind ${host.apiAddress}:${opt.haproxy_stats_port}`,
      "mode http",
      "stats enable",
      "stats uri /",
      "stats refresh 15s",
      "stats realm Haproxy\\ Stats",
      `stats auth ${opt.haproxy_user}:${opt.haproxy_password.reveal()}`,
    ],
    [
      "frontend status",
      `bind ${host.apiAddress}:${opt.haproxy_monitor_port}`,
      ...(opt.kolla_internal_vip_address === host.apiAddress
        ? []
        : [`bind ${opt.kolla_internal_vip_address}:${opt.haproxy_monitor_port}`]),
      "mode http",
      "no log",
      "monitor-uri /",
    ],
  ]);
}

/** Thread after thread on processor after processor. */
function cpuMap({ haproxy_threads: threads, haproxy_thread_cpu_map: wanted }: BalancerOptions): string[] {
  return wanted && threads > 1 ? [`cpu-map auto:1/1-${threads} 0-${threads - 1}`] : [];
}

/** services.d/<name>.cfg: the frontends of an API on the VIPs and the backend with its members. */
export function serviceCfg(api: NamedApi, opt: BalancerOptions, site: SiteView): string {
  const internal = front(api, opt, `${api.name}_front`, `${opt.kolla_internal_vip_address}:${api.port}`);
  return sections([internal, ...externalFront(api, opt), back(api, opt, site.members(api))]);
}

function externalFront(api: NamedApi, opt: BalancerOptions): string[][] {
  const { publicPort } = api;
  const sameAddress = opt.kolla_external_vip_address === opt.kolla_internal_vip_address;
  if (publicPort === undefined || (sameAddress && publicPort === api.port)) return [];
  if (!sameAddress && !opt.haproxy_enable_external_vip) return [];
  return [front(api, opt, `${api.name}_external_front`, `${opt.kolla_external_vip_address}:${publicPort}`)];
}

function front(api: NamedApi, opt: BalancerOptions, name: string, bind: string): string[] {
  const http = [
    ...opt.haproxy_frontend_http_extra,
    // A worker that a reload sends away lets go of a client after its next answer, not while it may be asking.
    "option idle-close-on-response",
    "http-request del-header X-Forwarded-Proto",
    "http-request set-header X-Forwarded-Proto https if { ssl_fc }",
  ];
  return [
    `frontend ${name}`,
    `mode ${api.mode}`,
    ...(api.mode === "http" ? http : opt.haproxy_frontend_tcp_extra),
    `bind ${bind}`,
    ...(api.frontendExtra ?? []),
    `default_backend ${backendName(api)}`,
  ];
}

function back(api: NamedApi, opt: BalancerOptions, members: readonly HostView[]): string[] {
  const asks = asked(api);
  const check = asks.length === 0 ? [] : [...asks, `http-check expect status ${api.checkStatus ?? 200}`];
  return [
    `backend ${backendName(api)}`,
    `mode ${api.mode}`,
    ...(api.mode === "http" ? [...check, ...HOLD] : []),
    ...(api.backendExtra ?? []),
    ...(api.mode === "http" ? opt.haproxy_backend_http_extra : opt.haproxy_backend_tcp_extra),
    ...members.flatMap((member, at) => {
      const waits = api.activePassive && at > 0 ? " backup" : "";
      return serverNames(api, member).map(
        ([name, port]) => `server ${name} ${member.apiAddress}:${port} ${opt.haproxy_health_check}${waits}`,
      );
    }),
  ];
}

/**
 * Where generations take turns, the check asks whether they want requests, at a path of its own or by a header: one that
 * does not answers 404, keeps those that it has, and gets no new ones.
 */
function asked({ sparePort, check, ready }: NamedApi): string[] {
  const path = ready ?? check;
  if (path === undefined) return [];
  if (sparePort === undefined) return [`option httpchk GET ${path}`];
  return [
    "option httpchk",
    `http-check send meth GET uri ${path} hdr ${CHECK_HEADER} 1`,
    "http-check disable-on-404",
  ];
}

/** A backend's names for a host, each with its port. */
export function serverNames(
  { listenPort, sparePort }: NamedApi,
  { name }: HostView,
): readonly (readonly [name: string, port: number])[] {
  const first = [name, listenPort] as const;
  return sparePort === undefined ? [first] : [first, [`${name}-spare`, sparePort]];
}

/** What an API's backend is called. */
export const backendName = ({ name }: NamedApi): string => `${name}_back`;

/** Sections of a configuration: the first line of each is its head. */
function sections(all: readonly (readonly string[])[]): string {
  return all
    .map(([head, ...body]) => `${[head, ...body.map((line) => `    ${line}`)].join("\n")}\n`)
    .join("\n");
}
