import { createServer } from "node:net";
import { KollaError } from "#support";
import { askEngine } from "./engine.ts";

const PORT_INSIDE = 5000;
const STORAGE = "/var/lib/registry";
const PROGRAM = "/usr/bin/docker-registry";

const CONFIGURATION = {
  version: 0.1,
  storage: { filesystem: { rootdirectory: STORAGE } },
  http: { addr: `:${PORT_INSIDE}` },
};

/** A registry for the hosts of a cluster: this machine's program, as a container on their network. */
export interface Registry {
  name: string;
  image: string;
  labels: readonly string[];
  network: string;
  /** On that network; for the hosts. */
  address: string;
  /** On this machine's loopback address, which its engine takes without TLS. */
  port: number;
}

/** Starts it and waits until it answers. Throws KOLLA_CLUSTER_REGISTRY when it does not. */
export async function startRegistry(registry: Registry): Promise<void> {
  const { name, image, network, address, port } = registry;
  const labels = registry.labels.flatMap((label) => ["--label", label]);
  await askEngine("volume", "create", ...labels, name);
  const words = [
    ...["--name", name, ...labels, "--network", network, "--ip", address],
    ...["--publish", `127.0.0.1:${port}:${PORT_INSIDE}`, "--volume", `${name}:${STORAGE}`],
    ...["--volume", `${PROGRAM}:${PROGRAM}:ro`, "--env", `CONFIGURATION=${JSON.stringify(CONFIGURATION)}`],
  ];
  const script = `printf %s "$CONFIGURATION" > /etc/registry.yml && exec ${PROGRAM} serve /etc/registry.yml`;
  await askEngine("run", "--detach", ...words, image, "sh", "-c", script);
  await untilAnswers(name);
}

const AWAIT_ANSWER = `for _ in $(seq 300); do curl -s -o /dev/null localhost:${PORT_INSIDE}/v2/ && exit 0; sleep 0.2; done; exit 1`;

async function untilAnswers(name: string): Promise<void> {
  try {
    await askEngine("exec", name, "sh", "-c", AWAIT_ANSWER);
  } catch (cause) {
    throw new KollaError({
      code: "KOLLA_CLUSTER_REGISTRY",
      message: "the hosts' registry does not answer",
      hint: `docker logs ${name}`,
      cause,
    });
  }
}

/** A port of the loopback address that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
