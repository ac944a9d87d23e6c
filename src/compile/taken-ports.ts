import { type Api, baseName, type HostView, LABEL, type ObservedHost } from "#model";

/** A port of an API that something else listens on: where, and the name of its process if that is known. */
export interface TakenPort {
  port: number;
  place: string;
  process: string;
}

/**
 * Which of an API's ports on a host somebody else has. A container of ours that runs has the port that it says it has, or,
 * where it does not say, all; one that is down leaves its port free. `containers`: those that serve the API.
 */
export function takenPorts(
  { listenPort, sparePort }: Pick<Api, "listenPort" | "sparePort">,
  { apiAddress }: Pick<HostView, "apiAddress">,
  observed: Pick<ObservedHost, "containers" | "facts">,
  containers: readonly string[],
): TakenPort[] {
  const running = observed.containers.filter(
    ({ name, state }) => state === "running" && containers.includes(baseName(name)),
  );
  const said = running.map(({ labels }) => labels[LABEL.port]);
  if (said.includes(undefined)) return [];
  const ports = [listenPort, ...(sparePort === undefined ? [] : [sparePort])];
  const free = ports.filter((port) => !said.includes(String(port)));
  return free.flatMap((port) => {
    const taken = Object.entries(observed.facts.listening).find(([place]) =>
      sameSocket(place, apiAddress, port),
    );
    return taken ? [{ port, place: taken[0], process: taken[1] }] : [];
  });
}

/** Whether a socket ("10.0.0.5:3306", "*:3306", "[::]:3306") is in the way of an address and port. */
export function sameSocket(place: string, address: string, port: number): boolean {
  const at = place.lastIndexOf(":");
  const bound = place.slice(0, at).replace(/[[\]]/g, "");
  return Number(place.slice(at + 1)) === port && [address, "0.0.0.0", "*", "::", ""].includes(bound);
}
