/**
 * The operator's files that are merged into a service's configuration, in the order of merging:
 * global.conf, <service>.conf, <service>/<program>.conf, <service>/<host>/<service>.conf.
 */
export function overrideOrder(service: string, program: string, host: string): readonly string[] {
  return [
    "global.conf",
    `${service}.conf`,
    `${service}/${program}.conf`,
    `${service}/${host}/${service}.conf`,
  ];
}
