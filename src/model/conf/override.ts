import type { FilePart } from "../service.ts";
import type { SiteView } from "../service.ts";

/**
 * The operator's policy file of a service, as a file part, or undefined: config/<service>/policy.yaml, else policy.json.
 */
export function policyFile(site: SiteView, service: string): FilePart | undefined {
  for (const name of ["policy.yaml", "policy.json"]) {
    const content = site.override(`${service}/${name}`);
    if (content !== undefined) return { name, dest: `/etc/${service}/${name}`, content, sensitive: false };
  }
  return undefined;
}

/**
 * The operator's files that are merged into a service's configuration, in the order of merging:
 * global.conf, <service>.conf, <service>/<program>.conf, <service>/<host>/<service>.conf.
 */
export function overrideOrder(service: string, program: string, host: string): readonly string[] {
  return ["global.conf", `${service}.conf`, `${service}/${program}.conf`, `${service}/${host}/${service}.conf`];
}
