import type { AnyService, ResolvedSite } from "#model";
import { isEnabled, type ResolvedOptions, resolveOptions } from "./options.ts";
import { Views } from "./views.ts";

/** A site before anything is compiled: its options, and which services it has where. */
export interface SiteOutline {
  /** As the operator's files give them; what has no value there may not be judged. */
  options: ResolvedOptions;
  enabled: readonly AnyService[];
  /** Stand on values for all options, those of `options` where there are any. */
  views: Views;
}

/** Resolves the options, and asks each enabled service what it declares to the others. */
export function outlined(services: readonly AnyService[], site: ResolvedSite): SiteOutline {
  const options = resolveOptions(services, site);
  const { evaluation, hosts } = options.hasGaps
    ? resolveOptions(services, site, { recovers: true })
    : options;
  const first = evaluation.site.hosts[0]?.name ?? "";
  const enabled = services.filter((service) => isEnabled(evaluation, service, first));
  const declared = enabled.map((service) => ({
    service,
    declarations: service.declare?.((hosts[first] ?? {}) as never) ?? {},
  }));
  return { options, enabled, views: new Views(evaluation, services, declared) };
}
