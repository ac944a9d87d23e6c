import type { ServiceContext, SiteOptions, Values } from "#model";
import type { options } from "./options.ts";

export type Opt = Values<typeof options> & Values<SiteOptions>;
export type Context = ServiceContext<typeof options>;

/** "physnet1:br-ex,physnet2:br-ex2": physical networks and their bridges, in the order that the operator gave. */
export function bridgeMappings(opt: Opt): string {
  const bridges = opt.neutron_bridge_name.split(",").map((name) => name.trim());
  return names(opt.neutron_physical_networks)
    .map((network, at) => `${network}:${bridges[at] ?? bridges[0]}`)
    .join(",");
}

/** Hosts of the network group have the external bridges, compute hosts only when servers are attached to them. */
export function hasExternalBridges({ opt, host }: Context): boolean {
  return host.in("network") || (host.in("compute") && opt.computes_need_external_bridge);
}

/** Compute hosts of a site whose routers are distributed have a part of each. */
export function hasDistributedRouters({ opt, host }: Context): boolean {
  return opt.enable_neutron_dvr && host.in("compute");
}

/** Whether routers run on this host. */
export function hasRouters(context: Context): boolean {
  return context.host.in("neutron-l3-agent") || hasDistributedRouters(context);
}

/** Words with commas between them. */
export function names(text: string): string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
