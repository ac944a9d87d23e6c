/** Ends of the names of options that every container has by rule. */
const BY_RULE = [
  ..."image image_full tag dimensions default_volumes extra_volumes enable_healthchecks".split(" "),
  ...["", "_interval", "_retries", "_start_period", "_test", "_timeout"].map((end) => `healthcheck${end}`),
];

/**
 * For `moot` of a service: the variables that Kolla-Ansible has by rule for containers which are not here. Whether such a
 * container is asked for is said by another variable, which is refused.
 */
export function ofAbsentContainers(...containers: readonly string[]): Readonly<Record<string, string>> {
  const reason = (container: string): string => `The container ${container} is not here`;
  return Object.fromEntries(
    containers.flatMap((container) => BY_RULE.map((end) => [`${container}_${end}`, reason(container)])),
  );
}

/** For `refuses` and `moot`: the same reason for each of the names, which blanks part. */
export function judgedAlike(reason: string, names: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, reason]),
  );
}
