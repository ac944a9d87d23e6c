import type { ContainerTeardown, ListedThings } from "#model";
import { KollaError } from "#support";
import type { ContainerSummary } from "../engine/index.ts";

/** What containers left on a host beside themselves: all that is taken away was declared by one that is there. */
export interface Remains {
  servers: readonly { program: RegExp; argument: RegExp }[];
  /** Running containers that are told to end. */
  toldToEnd: readonly ContainerSummary[];
  listed: readonly { by: ContainerSummary; things: ListedThings }[];
  /** Paths. */
  directories: readonly string[];
  namespaces: readonly RegExp[];
  devices: readonly RegExp[];
  kernelBridges: readonly RegExp[];
}

/** A network device, as far as it matters to whether it goes. */
export interface FoundDevice {
  name: string;
  hasAddress: boolean;
  isKernelBridge: boolean;
}

/**
 * What is to be taken off a host with these containers. Only one that serves can be told something; its older
 * generations ("nova_libvirt.g7") tell that it ran here too, and so does `gone`: names of those that are taken off already.
 * Throws KOLLA_AGENT_TEARDOWN for what would not say clearly what goes.
 */
export function remainsOf(
  containers: readonly ContainerSummary[],
  declared: readonly ContainerTeardown[],
  gone: readonly string[] = [],
): Remains {
  const names = [...containers.map(({ name }) => name), ...gone];
  const here = declared.filter(({ container }) => names.some((name) => isOf(name, container)));
  const teardowns = here.map(({ teardown }) => teardown);
  const running = here.flatMap(({ container, teardown }) =>
    containers
      .filter(({ name, state }) => name === container && state === "running")
      .map((by) => ({ by, teardown })),
  );
  return {
    servers: teardowns.flatMap(({ servers }) =>
      servers ? [{ program: whole(servers.program), argument: whole(servers.argument) }] : [],
    ),
    toldToEnd: running.filter(({ teardown }) => teardown.toldToEnd).map(({ by }) => by),
    listed: running.flatMap(({ by, teardown }) => (teardown.listed ? [{ by, things: teardown.listed }] : [])),
    directories: teardowns.flatMap(({ runDirectories = [] }) => runDirectories.map(runDirectory)),
    namespaces: teardowns.flatMap(({ namespaces = [] }) => namespaces.map(whole)),
    devices: teardowns.flatMap(({ devices = [] }) => devices.map(whole)),
    kernelBridges: teardowns.flatMap(({ kernelBridges = [] }) => kernelBridges.map(whole)),
  };
}

/** Whether a device was left by a container; what carries an address of the host or is an operator's bridge stays. */
export function isLeft(
  { name, hasAddress, isKernelBridge }: FoundDevice,
  { devices, kernelBridges }: Pick<Remains, "devices" | "kernelBridges">,
): boolean {
  if (hasAddress) return false;
  return matchesOne(name, kernelBridges) || (!isKernelBridge && matchesOne(name, devices));
}

/** Whether one of the patterns matches. */
export function matchesOne(name: string, patterns: readonly RegExp[]): boolean {
  return patterns.some((pattern) => pattern.test(name));
}

function isOf(name: string, container: string): boolean {
  return name === container || name.startsWith(`${container}.`);
}

/** A pattern is read by itself first, so that no loose parenthesis in it can undo that it has to match a whole name. */
function whole(pattern: string): RegExp {
  try {
    new RegExp(pattern);
    return new RegExp(`^(?:${pattern})$`);
  } catch (error) {
    throw unclear(`the pattern ${pattern} cannot be read: ${(error as Error).message}`);
  }
}

/** Only what lies right below /run, so that a slip cannot name anything that survives the next start of the host. */
function runDirectory(name: string): string {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) throw unclear(`"${name}" is no name of a directory in /run`);
  return `/run/${name}`;
}

function unclear(message: string): KollaError {
  return new KollaError({
    code: "KOLLA_AGENT_TEARDOWN",
    message: `What a container leaves is not declared well: ${message}`,
    hint: "Nothing was removed. Mend `teardown` in the service's folder below services/",
  });
}
