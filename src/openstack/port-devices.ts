/** Pattern of the network devices that are called after the port they belong to: a prefix, and the begin of its id. */
export function portDevices(...prefixes: readonly string[]): string {
  return `(${prefixes.join("|")})[0-9a-f]{8}-[0-9a-f]{2}`;
}
