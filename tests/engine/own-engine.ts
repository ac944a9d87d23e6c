import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type KollaError, sleep } from "#support";
import { connect, type Engine } from "../../src/engine/index.ts";

const CONTAINERD_PID = "exec/containerd/containerd.pid";

/**
 * An engine of a test's own, to be broken: a second dockerd with a containerd of its own, whose images lie on a small
 * disk of its own. It takes nothing from the machine's engine and makes no network.
 */
export class OwnEngine {
  readonly directory = mkdtempSync(join(tmpdir(), "kolla-own-engine-"));
  readonly enginesRoot = join(this.directory, "data");
  readonly socketPath = join(this.directory, "run/docker.sock");
  readonly engine: Engine = connect(this.socketPath);
  readonly #cgroup = basename(this.directory);
  /** Directories of the machine that are others for this engine and for what is run beside it. */
  readonly #hidden: readonly string[];
  #daemon: ChildProcess | undefined;
  /** A test that kills it in the midst of something does not wait there; whoever starts it again does. */
  #dying: Promise<void> = Promise.resolve();

  private constructor(hidden: readonly string[]) {
    this.#hidden = hidden;
  }

  /**
   * Makes the disk and starts the engine. Throws with the end of dockerd's log when it does not answer.
   * With `hidden` it lives among mounts of its own, where those directories are empty ones and its socket is the usual one.
   */
  static async make(diskMegabytes: number, hidden: readonly string[] = []): Promise<OwnEngine> {
    const own = new OwnEngine(hidden.length > 0 ? [...hidden, "/run"] : []);
    try {
      mountDisk(own.directory, own.enginesRoot, diskMegabytes);
      own.#configure();
      for (const path of ["/run", ...own.#hidden]) mkdirSync(own.#insteadOf(path), { recursive: true });
      await own.start();
      return own;
    } catch (error) {
      await own.remove();
      throw error;
    }
  }

  #configure(): void {
    const configuration = {
      "data-root": this.enginesRoot,
      "exec-root": join(this.directory, "exec"),
      pidfile: join(this.directory, "dockerd.pid"),
      hosts: [`unix://${this.#hidden.length > 0 ? "/run/docker.sock" : this.socketPath}`],
      "cgroup-parent": `/${this.#cgroup}`,
      bridge: "none",
      iptables: false,
      "ip-forward": false,
      "ip-masq": false,
      features: { buildkit: true },
    };
    writeFileSync(join(this.directory, "daemon.json"), JSON.stringify(configuration));
  }

  /** Starts it, also after it was killed, and waits until it answers. */
  async start(): Promise<void> {
    await this.#dying;
    const log = join(this.directory, "dockerd.log");
    const output = openSync(log, "a");
    // What a killed engine leaves: its numbers may be taken for living processes.
    for (const left of ["dockerd.pid", CONTAINERD_PID]) rmSync(join(this.directory, left), { force: true });
    const binds = this.#hidden.map((path) => `mount --bind ${this.#insteadOf(path)} ${path} &&`).join(" ");
    const script = `${binds} exec dockerd --config-file ${join(this.directory, "daemon.json")}`;
    const words = ["--mount", "--propagation", "slave", "sh", "-c", script];
    const daemon = spawn("unshare", words, { stdio: ["ignore", output, output], detached: true });
    closeSync(output);
    this.#daemon = daemon;
    for (let tries = 0; tries < 150 && daemon.exitCode === null; tries++) {
      if (await this.answers()) return;
      await sleep(0.2);
    }
    throw new Error(
      `dockerd does not answer:\n${readFileSync(log, "utf8").split("\n").slice(-20).join("\n")}`,
    );
  }

  /** The command line that runs a program among the engine's own mounts. */
  beside(program: string, words: readonly string[]): [string, string[]] {
    return ["nsenter", ["--mount", `--target=${this.#daemon?.pid}`, program, ...words]];
  }

  #insteadOf(path: string): string {
    return join(this.directory, path === "/run" ? "run" : join("hidden", path));
  }

  answers(): Promise<boolean> {
    return this.engine.version().then(
      () => true,
      () => false,
    );
  }

  /** Ends dockerd and its containerd with SIGKILL, at the same moment, and waits until they are gone. */
  kill(): Promise<void> {
    this.#dying = this.#end();
    return this.#dying;
  }

  async #end(): Promise<void> {
    const pids = this.#pids();
    for (const pid of pids) endProcess(pid);
    await gone(pids);
    await this.#untilRefused();
  }

  /** A killed process counts as dead a moment before the last of its threads lets go of the socket. */
  async #untilRefused(): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      const code = await this.engine.version().then(
        () => "",
        (error: KollaError) => error.code,
      );
      if (code === "KOLLA_ENGINE_UNREACHABLE") return;
      await sleep(0.05);
    }
    throw new Error("the engine was killed, but its socket still answers");
  }

  /** As a machine that loses power: the engine and all that runs in its containers. */
  async killWithContainers(): Promise<void> {
    const all = (): number[] => [...this.#processes(), ...this.#pids().filter(lives)];
    for (let left = all(); left.length > 0; left = all()) {
      for (const pid of left) endProcess(pid);
      await gone(left);
    }
  }

  #pids(): number[] {
    const containerd = join(this.directory, CONTAINERD_PID);
    const theirs = existsSync(containerd) ? [Number(readFileSync(containerd, "utf8"))] : [];
    return [...(this.#daemon?.pid === undefined ? [] : [this.#daemon.pid]), ...theirs];
  }

  /** Fills its disk but for so many megabytes; returns what makes room again. */
  fill(exceptMegabytes = 0): () => void {
    return fillDisk(this.enginesRoot, exceptMegabytes);
  }

  /** Ends all that it started and takes away its disk and files, whatever state it is in. */
  async remove(): Promise<void> {
    await this.killWithContainers();
    await unmountBelow(this.directory);
    removeCgroups(this.#cgroup);
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Shims of its containers, which outlive it, and all whose root directory lies on its disk. */
  #processes(): number[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => {
        const isShim = /^(containerd|runc|dockerd)/.test(textOf(pid, "comm"));
        if (isShim && textOf(pid, "cmdline").includes(`${this.directory}/`)) return true;
        const root = textOf(pid, "mountinfo")
          .split("\n")
          .find((line) => line.split(" ")[4] === "/");
        return root?.includes(`${this.enginesRoot}/`) ?? false;
      });
  }
}

/** A small disk of a test's own, mounted at a directory of its own. */
export class OwnDisk {
  readonly #folder = mkdtempSync(join(tmpdir(), "kolla-own-disk-"));
  readonly directory = join(this.#folder, "disk");

  constructor(megabytes: number) {
    mountDisk(this.#folder, this.directory, megabytes);
  }

  /** Fills it to the last block; returns what makes room again. */
  fill(): () => void {
    return fillDisk(this.directory, 0);
  }

  async remove(): Promise<void> {
    await unmountBelow(this.#folder);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Writes until there is no room, and then gives back what is wanted. */
function fillDisk(directory: string, exceptMegabytes: number): () => void {
  const filler = join(directory, "filler");
  for (const size of ["1M", "1k"])
    spawnSync("dd", ["if=/dev/zero", `of=${filler}`, `bs=${size}`, "oflag=append", "conv=notrunc"]);
  truncateSync(filler, statSync(filler).size - exceptMegabytes * 2 ** 20);
  return () => rmSync(filler, { force: true });
}

/** A file that is a disk, and goes with its folder; the loop device goes when it is unmounted. */
function mountDisk(folder: string, at: string, megabytes: number): void {
  const image = join(folder, "disk.img");
  writeFileSync(image, "");
  truncateSync(image, megabytes * 2 ** 20);
  execFileSync("mkfs.ext4", ["-q", "-m", "0", image]);
  mkdirSync(at);
  execFileSync("mount", ["-o", "loop", image, at]);
}

/** True when this machine lets a test start an engine of its own; otherwise such tests are skipped, loudly. */
export function canHaveOwnEngine(): boolean {
  const missing = ["dockerd", "mkfs.ext4", "mount", "unshare", "nsenter", "dd"].filter(
    (program) => !isOnPath(program),
  );
  const why = [
    ...(process.getuid?.() === 0 ? [] : ["root"]),
    ...(existsSync("/dev/loop-control") ? [] : ["loop devices"]),
    ...missing,
  ];
  if (why.length === 0) return true;
  process.stderr.write(`\nSKIPPED: an engine of the test's own needs ${why.join(", ")}\n`);
  return false;
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, program)));
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** A process that nobody awaits stays as a zombie: that is gone enough. */
function lives(pid: number): boolean {
  return !/^\S* ?\(.*\) [ZX]|^$/s.test(textOf(pid, "stat"));
}

async function gone(pids: readonly number[]): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (!pids.some(lives)) return;
    await sleep(0.1);
  }
  throw new Error(`processes ${pids.join(", ")} do not end`);
}

/** A file of a process; nothing when it ended. */
function textOf(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}

/** Innermost first; the last process of a killed engine may hold one a moment longer. */
async function unmountBelow(directory: string): Promise<void> {
  const paths = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "");
  for (const path of paths.filter((each) => each.startsWith(`${directory}/`)).reverse()) {
    for (let tries = 0; tries < 20 && spawnSync("umount", [path]).status !== 0; tries++) await sleep(0.25);
  }
}

/** What killed containers leave behind, below every controller. */
function removeCgroups(name: string): void {
  for (const controller of ["", ...readdirSync("/sys/fs/cgroup")])
    removeCgroup(join("/sys/fs/cgroup", controller, name));
}

function removeCgroup(path: string): void {
  if (!existsSync(path)) return;
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) removeCgroup(join(path, entry.name));
  rmdirSync(path);
}
