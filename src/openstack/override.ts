import type { FilePart, HostView, Ini } from "#model";

/**
 * The operator's files that are merged into a service's configuration, in the order of merging:
 * global.conf, <service>.conf, <service>/<program>.conf, <service>/<host>/<file>.
 */
export function overrideOrder(
  service: string,
  program: string,
  host: string,
  file = `${service}.conf`,
): readonly string[] {
  return ["global.conf", `${service}.conf`, `${service}/${program}.conf`, `${service}/${host}/${file}`];
}

/** The configuration of one program of a service, with the operator's files; `file`: its name when it is not <service>.conf. */
export function programConf(
  host: HostView,
  { service, program, file = `${service}.conf` }: { service: string; program: string; file?: string },
  ini: Ini,
): FilePart {
  const overrides = overrideOrder(service, program, host.name, file);
  return { name: file, dest: `/etc/${service}/${file}`, content: { ini, overrides } };
}
