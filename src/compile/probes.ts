import type { NamedApi, Probe, SetProbe } from "#model";
import { type Compilation, setOf } from "./placed.ts";
import { firstReached, type ServiceOnSite } from "./placement.ts";

/** A service's own probes and, by rule, one for each of its APIs that can be asked without an account; all are asked from the service's first host that can be reached. */
export function serviceProbes(
  site: ServiceOnSite,
  values: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  compilation: Compilation,
): { host: string; probes: SetProbe[] } | undefined {
  const { service } = site;
  const host = firstReached(site);
  if (host === undefined) return undefined;
  const { views } = compilation;
  const own: Readonly<Record<string, Probe>> =
    service.probes?.(views.context(service, host, values[host] ?? {})) ?? {};
  const named = Object.entries(own).map(([name, probe]) => ({ set: setOf(service, name), probe }));
  const byRule = views
    .site(host)
    .apis.filter((api) => api.serviceName === service.name && api.probed !== false)
    .map((api) => ({ set: [service.name], probe: apiProbe(api, compilation, host) }));
  return { host, probes: [...named, ...byRule] };
}

/** An API is asked where its users ask it: at the internal VIP. */
function apiProbe(api: NamedApi, { evaluation }: Compilation, host: string): Probe {
  const address = String(evaluation.value("kolla_internal_fqdn", host));
  const path = api.check ?? api.ready;
  if (api.mode === "tcp" || path === undefined) return { kind: "tcp", host: address, port: api.port };
  const protocol = evaluation.value("internal_protocol", host);
  return {
    kind: "http",
    url: `${protocol}://${address}:${api.port}${path}`,
    expect: [api.checkStatus ?? 200],
  };
}
