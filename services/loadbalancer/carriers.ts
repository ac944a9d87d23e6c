import type { Balancer, HostView, NamedApi, Secret, SiteView } from "#model";
import { backendName, serverNames } from "./haproxy.ts";

/**
 * The load balancers that carry an API to both ports of a host, each with where it tells of them: HAProxy's statistics
 * (its management guide, section 9.1). One that is configured by the operator's own file knows of one port only.
 */
export function carriers(api: NamedApi, host: HostView, site: SiteView): readonly Balancer[] {
  if (site.value("enable_haproxy") !== true || api.sparePort === undefined) return [];
  const balancers = site.hosts("loadbalancer");
  if (site.hasOverride(...balancers.flatMap((balancer) => ownSnippets(api, balancer)))) return [];
  return balancers.map(({ apiAddress }) => ({
    url: `http://${apiAddress}:${site.value("haproxy_stats_port")}/;csv`,
    basic: {
      user: String(site.value("haproxy_user")),
      password: (site.value("haproxy_password") as Secret).reveal(),
    },
    rows: rowsOf(api, host),
    serves: { field: "status", begins: "UP" },
    busy: "scur",
    why: "last_chk",
  }));
}

function rowsOf(api: NamedApi, host: HostView): Balancer["rows"] {
  const [first, spare] = serverNames(api, host).map(([name]) => ({
    "# pxname": backendName(api),
    svname: name,
  }));
  return [first ?? {}, spare ?? {}];
}

/** The operator's own file for the container that serves an API, on a host with a load balancer. */
export function ownSnippets({ group }: NamedApi, { name }: HostView): readonly string[] {
  return [`haproxy-config/${name}/${group}.cfg`, `haproxy-config/${group}.cfg`];
}
