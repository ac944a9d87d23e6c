import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory that only its owner can enter, for one run of Ansible. */
export class Workspace {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** Path of the file that holds this for a host; the same rule as in the action plugins. */
  hostFile(host: string, suffix: string): string {
    return this.path(`${encodeHost(host)}.${suffix}`);
  }

  async write(path: string, content: string): Promise<string> {
    await writeFile(path, content, { mode: 0o600 });
    return path;
  }

  /** The JSON in a file, or undefined when nobody wrote it. */
  async readJson(path: string): Promise<unknown> {
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    return text === undefined ? undefined : JSON.parse(text);
  }
}

/** Python's urllib.parse.quote(host, safe=""). */
function encodeHost(host: string): string {
  return encodeURIComponent(host).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Gives the work a private directory and removes it at the end, however the work ends. */
export async function withWorkspace<T>(work: (workspace: Workspace) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "kolla-"));
  try {
    await mkdir(join(directory, "ansible-tmp"), { mode: 0o700 });
    return await work(new Workspace(directory));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
