import { mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** Seconds of an image that was never built here: enough to put chains before leaves. */
const UNKNOWN = 30;

/** How long each image took when it was last built on this machine. */
export interface Estimates {
  seconds(image: string): number;
  /** Keeps what was measured, for the next run. Where that cannot be written, the next run knows less: no more. */
  learn(measured: Readonly<Record<string, number>>): Promise<void>;
}

/** Reads the estimates from the user's cache; a file that is missing or broken means that nothing is known. */
export async function readEstimates(path = defaultPath()): Promise<Estimates> {
  const known = await parsed(path);
  return {
    seconds: (image) => known[image] ?? UNKNOWN,
    learn: async (measured) => {
      if (Object.keys(measured).length === 0) return;
      const text = `${JSON.stringify({ ...known, ...measured }, null, 2)}\n`;
      await mkdir(dirname(path), { recursive: true })
        .then(() => writeFile(path, text))
        .catch(() => undefined);
    },
  };
}

function defaultPath(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  return join(cache, "kolla/build-seconds.json");
}

async function parsed(path: string): Promise<Record<string, number>> {
  try {
    const content: unknown = JSON.parse(await readFile(path, "utf8"));
    const entries = Object.entries(content ?? {}).filter(([, seconds]) => typeof seconds === "number");
    return Object.fromEntries(entries) as Record<string, number>;
  } catch {
    return {};
  }
}
