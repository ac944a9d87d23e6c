import type { Api, HostView } from "#model";

/** Where one host serves an API, without a path. */
export function memberUrl(api: Api, host: HostView): string {
  return `http://${host.apiAddress}:${api.listenPort}`;
}

/** How a container is asked for its health that serves an API: as the load balancer asks, for the same path. */
export function apiHealth(api: Api, host: HostView): { test: string } {
  return { test: `healthcheck_curl ${memberUrl(api, host)}${api.check ?? "/"}` };
}
