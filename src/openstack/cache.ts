import type { ConfContext, IniSection } from "./context.ts";

/** "10.0.0.1:11211,10.0.0.2:11211", or undefined when the site has no memcached. */
export function memcachedServers(context: ConfContext): string | undefined {
  const { opt, site } = context;
  if (!site.enabled("memcached")) return undefined;
  const servers = site.hosts("memcached").map((host) => `${host.apiAddress}:${opt.memcached_port}`);
  return servers.join(",") || undefined;
}

/** Section [cache] of oslo.cache; off when the site has no memcached. */
export function cache(context: ConfContext): IniSection {
  const servers = memcachedServers(context);
  if (!servers) return { enabled: false };
  return { enabled: true, backend: "oslo_cache.memcache_pool", memcache_servers: servers };
}
