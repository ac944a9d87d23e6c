import type { IniSection } from "./context.ts";

/** Section [oslo_concurrency]: lock files in the container's own file system. */
export function concurrency(service: string): IniSection {
  return { lock_path: `/var/lib/${service}/tmp` };
}

/** Section [oslo_middleware]: behind the load balancer, addresses in answers follow X-Forwarded headers. */
export function middleware(): IniSection {
  return { enable_proxy_headers_parsing: true };
}
