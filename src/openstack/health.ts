import { type Api, type HostView, TURN_PORT } from "#model";

/** Where one host serves an API, without a path. */
export function memberUrl(api: Api, host: HostView): string {
  return `http://${host.apiAddress}:${api.listenPort}`;
}

/** How a container is asked for its health that serves an API: as the load balancer asks, for the same path. */
export function apiHealth(api: Api, host: HostView): { test: string } {
  return { test: `healthcheck_curl ${memberUrl(api, host)}${api.check ?? "/"}` };
}

/** The same of a container whose generations take turns: each is asked on the port that it listens on. */
export function turnHealth(api: Api, host: HostView): { test: string } {
  return { test: `healthcheck_curl "http://${host.apiAddress}:$${TURN_PORT}${api.check ?? "/"}"` };
}
