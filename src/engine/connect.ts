import { existsSync } from "node:fs";
import { KollaError } from "#support";
import { containerCalls } from "./containers.ts";
import { imageCalls } from "./images.ts";
import { Transport } from "./transport.ts";
import type { Engine, EngineVersion } from "./types.ts";
import { volumeCalls } from "./volumes.ts";

const DOCKER_SOCKET = "/var/run/docker.sock";
const PODMAN_SOCKET = "/run/podman/podman.sock";

/**
 * A client of the engine at this socket; nothing is sent yet.
 * Default: DOCKER_HOST (unix://…), else Docker's usual socket, else Podman's if only that is there.
 * Throws KOLLA_ENGINE_UNREACHABLE when DOCKER_HOST names something other than a unix socket.
 */
export function connect(socketPath: string = defaultSocket()): Engine {
  const transport = new Transport(socketPath);
  return {
    socketPath,
    version: () => version(transport),
    ...containerCalls(transport),
    ...imageCalls(transport),
    volumes: volumeCalls(transport),
  };
}

/** The socket that `connect` takes when it is given none. */
function defaultSocket(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment.DOCKER_HOST;
  if (!named) return !existsSync(DOCKER_SOCKET) && existsSync(PODMAN_SOCKET) ? PODMAN_SOCKET : DOCKER_SOCKET;
  if (named.startsWith("unix://")) return named.slice("unix://".length);
  throw new KollaError({
    code: "KOLLA_ENGINE_UNREACHABLE",
    message: `DOCKER_HOST is ${named}, but Kolla talks to a unix socket only`,
    hint: "Set DOCKER_HOST=unix:///var/run/docker.sock or leave it out",
  });
}

async function version(transport: Transport): Promise<EngineVersion> {
  const found = await transport.json<{
    Version: string;
    Components?: { Name: string }[];
  }>({ path: "/version", what: "tell its version" });
  const engine = await transport.json<{ CgroupVersion?: string; DockerRootDir: string }>({
    path: "/info",
    what: "describe itself",
  });
  const isPodman = (found.Components ?? []).some(({ Name }) => /podman/i.test(Name));
  return {
    name: isPodman ? "podman" : "docker",
    version: found.Version,
    cgroupVersion: engine.CgroupVersion === "2" ? 2 : 1,
    rootDirectory: engine.DockerRootDir,
  };
}
