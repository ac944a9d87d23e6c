import {
  type Api,
  CHECK_HEADER,
  type ContainerPart,
  type FilePart,
  READY_FILE,
  type Trial,
  TURN_PORT,
} from "#model";
import type { ConfContext, IniSection } from "./context.ts";
import { slowStart } from "./gate.ts";
import { turnHealth } from "./health.ts";

/** The header of a load balancer's check, as uwsgi has it. */
const CHECK = `HTTP_${CHECK_HEADER.toUpperCase().replaceAll("-", "_")}`;

export interface UwsgiApplication {
  /** Project: its directory below /var/log/kolla. */
  service: string;
  /** "nova-api": name of the process and of its log. */
  name: string;
  /** Python's name of the application: "nova.wsgi.osapi_compute:application". */
  module: string;
  processes: number;
  /** In each process; only for programs that are not written for green threads. Default 1. */
  threads?: number;
  /** What a next generation is asked before it gets its turn. */
  trial?: Trial;
  /** Seconds that a client may pause while it sends. Default uwsgi's 4. */
  socketTimeout?: number;
}

/**
 * Section [uwsgi] that serves one API on the host's API address.
 * - Of two generations that run at once only one wants requests: a load balancer's check is answered by the program in that
 *   one, and by 404 in the other. All other requests are the program's.
 * - `Connection: close`: uwsgi does not keep idle connections, and a client that believes it does loses a request.
 * - SIGTERM lets requests that are under way end before the workers do; `die-on-term` covers a master that is still starting.
 * - lazy-apps: each worker loads the program itself, so that no connection or lock is shared through fork.
 * - A client that has hung up (a health check that would not wait) is no error of the program: nothing is logged for it.
 * - The request log has a file of its own; errors go to stderr, where the engine keeps them.
 */
export function uwsgi(context: ConfContext, application: UwsgiApplication): IniSection {
  const { service, name, threads = 1 } = application;
  return {
    "http-socket": `${context.host.apiAddress}:$(${TURN_PORT})`,
    "route-if": [`empty:\${${CHECK}} goto:program`, `exists:${READY_FILE} goto:program`],
    "route-run": "break:404 Not Found",
    "route-label": "program",
    module: application.module,
    plugins: "python3,logfile",
    master: true,
    "need-app": true,
    "lazy-apps": true,
    "enable-threads": true,
    "thunder-lock": threads === 1 ? true : undefined,
    processes: application.processes,
    threads: threads === 1 ? undefined : threads,
    listen: 100,
    "buffer-size": 65535,
    "add-header": "Connection: close",
    "die-on-term": true,
    "hook-master-start": "unix_signal:15 gracefully_kill_them_all",
    "worker-reload-mercy": context.opt.service_uwsgi_config_worker_timeout,
    "close-on-exec": true,
    "ignore-sigpipe": true,
    "ignore-write-errors": true,
    "disable-write-exception": true,
    "socket-timeout": application.socketTimeout,
    "procname-prefix-spaced": name,
    "req-logger": `file:/var/log/kolla/${service}/${name}-access.log`,
  };
}

/** The load balancer holds what comes and puts it to the next one. */
const ONE_PORT: ContainerPart["swap"] = {
  effect: "requests-wait",
  why: "where no load balancer carries requests to a second port, both would listen on the same one",
  seconds: 50,
};

/** A container that serves an API, and the file that its process is started with. */
export interface Served {
  part: Pick<ContainerPart, "command" | "account" | "health" | "gateSeconds" | "turns" | "trial" | "swap">;
  server: FilePart;
}

/** How a program serves one of its service's APIs on a host. */
export function served(context: ConfContext, api: Api, program: UwsgiApplication): Served {
  const name = `${program.name}-uwsgi.ini`;
  const dest = `/etc/${program.service}/${name}`;
  const ini = { uwsgi: uwsgi(context, program) };
  return {
    part: {
      command: `uwsgi ${dest}`,
      account: program.service,
      turns: api.name,
      ...(program.trial && { trial: program.trial }),
      swap: ONE_PORT,
      health: turnHealth(api, context.host),
      ...slowStart(),
    },
    server: { name, dest, content: { ini, overrides: [] }, sensitive: false },
  };
}
