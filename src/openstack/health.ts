import { type Api, type HostView, TURN_PORT } from "#model";

/** Where one host serves an API, without a path. */
export function memberUrl(api: Api, host: HostView): string {
  return `http://${host.apiAddress}:${api.listenPort}`;
}

/** How a container that serves an API is asked for its health: for the API's check, on the port of its generation. */
export function turnHealth(api: Api, host: HostView): { test: string } {
  return { test: `healthcheck_curl "http://${host.apiAddress}:$${TURN_PORT}${api.check ?? "/"}"` };
}
