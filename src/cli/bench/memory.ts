import { readdirSync, readFileSync } from "node:fs";

/** How often a second the processes are looked at: a peak between two looks is missed. */
const LOOKS_A_SECOND = 20;

/** What the figure of memory is, for whoever reads it. */
export const MEMORY_WORDS = `Memory: the peak of the sum over a command's processes, Ansible's and the build clients' included, of their proportional share (PSS: what several share is counted once), looked at ${LOOKS_A_SECOND} times a second. The engine and what runs in its containers are not in it.`;

/** Looks at a process and all that it started, until it is stopped: the peak of their memory in megabytes. */
export class PeakMemory {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #peak = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.#look(), 1000 / LOOKS_A_SECOND);
  }

  stop(): number {
    clearInterval(this.#timer);
    return this.#peak;
  }

  #look(): void {
    const kilobytes = treeOf(this.#pid).reduce((sum, pid) => sum + shareOf(pid), 0);
    this.#peak = Math.max(this.#peak, kilobytes / 1000);
  }
}

/** A process and all below it; those whose parent ended belong to nobody any more, and are left out. */
function treeOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const pid of readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    const parent = parentOf(pid);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

/** /proc/<pid>/stat: the name in parentheses may hold blanks; state and parent come after it (proc(5)). */
function parentOf(pid: number): number {
  const stat = textOf(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? 0);
}

function shareOf(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(textOf(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

/** A process may end while it is looked at. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
