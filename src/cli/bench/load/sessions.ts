import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { sleep } from "#support";

/** What came of a session; times in milliseconds. */
export interface SessionSeen {
  /** "ping of 10.0.2.150" */
  name: string;
  /** How often something was sent. */
  sent: number;
  /** How much of that had no answer. */
  lost: number;
  /** The longest time without an answer, from the first answer on to the end. */
  silence: number;
  /** Why it ended before it was told to; absent: it did not. */
  ended?: string;
}

/**
 * Something that goes on all the time beside requests to APIs: to a server in the cloud, or to its console. It begins when
 * it is made, and is told to stop once.
 */
export interface Session {
  stop(): Promise<SessionSeen>;
}

/** Between two pings, and two lines of a stream, in seconds. */
const EVERY = 0.1;
/** How long a stream waits at its end for what is under way, in seconds. */
const LAST = 2;
/** Ping waits for nothing when it is told to stop: what it sent last was under way, at most a second's worth. */
const UNDER_WAY = 1 / EVERY;

/** The longest time between two of some moments that follow each other; 0 where there are not two. */
export function longestSilence(moments: readonly number[]): number {
  return moments.reduce((longest, at, index) => Math.max(longest, at - (moments[index - 1] ?? at)), 0);
}

/**
 * What `ping -D` printed, with the summary at its end. Ping puts down the moment of each answer itself, so that nothing
 * here that is busy counts as silence. Without a summary everything is lost; of what was sent after the last answer, a
 * second's worth is not.
 */
export function pingSeen(name: string, printed: string): SessionSeen {
  const answers = [...printed.matchAll(/^\[(\d+\.\d+)\] \d+ bytes from .* icmp_seq=(\d+)/gm)];
  const moments = answers.map(([, at]) => Number(at) * 1000);
  const [, sent = "0", received = "0"] = /(\d+) packets transmitted, (\d+) received/.exec(printed) ?? [];
  const last = Math.max(0, ...answers.map(([, , number]) => Number(number)));
  const underWay = last === 0 ? 0 : Math.min(UNDER_WAY, Number(sent) - last);
  return {
    name,
    sent: Number(sent),
    lost: Number(sent) - Number(received) - underWay,
    silence: longestSilence(moments),
    ...(moments.length === 0 && { ended: printed.trim().slice(-200) || "it printed nothing" }),
  };
}

/** Pings an address ten times a second. */
function pinging(address: string): Session {
  const child = spawn("ping", ["-D", "-i", String(EVERY), address], { stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      printed += chunk;
    });
  const closed = ending(child);
  return {
    stop: async () => {
      child.kill("SIGINT");
      await closed;
      return pingSeen(`ping of ${address}`, printed);
    },
  };
}

/**
 * Keeps a program that sends back each line it gets, and sends it ten lines a second: one TCP stream when the program
 * is `ssh … cat`.
 */
export function streaming(name: string, [program = "", ...words]: readonly string[]): Session {
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "pipe"] });
  const answered: number[] = [];
  let sent = 0;
  let said = "";
  let ended: string | undefined;
  const stopping = new AbortController();
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk;
  });
  // What is written to a program that has ended fails with a word of its own; that it ended is told once.
  child.stdin.on("error", () => undefined);
  createInterface({ input: child.stdout }).on("line", () => answered.push(performance.now()));
  const closed = ending(child).then((how) => {
    if (!stopping.signal.aborted) ended = `${how}: ${said.trim().slice(-200)}`;
  });
  const sending = (async () => {
    while (!stopping.signal.aborted && ended === undefined) {
      child.stdin.write(`${sent++}\n`);
      await sleep(EVERY);
    }
  })();
  return {
    stop: async () => {
      const end = performance.now();
      stopping.abort();
      await sending;
      const deadline = performance.now() + LAST * 1000;
      while (answered.length < sent && ended === undefined && performance.now() < deadline)
        await sleep(EVERY);
      child.stdin.end();
      child.kill();
      await closed;
      const moments = answered.length > 0 && end > (answered.at(-1) ?? 0) ? [...answered, end] : answered;
      return {
        name,
        sent,
        lost: sent - answered.length,
        silence: longestSilence(moments),
        ...(ended !== undefined && { ended }),
      };
    },
  };
}

/** Nobody is asked for anything, and no list of known hosts is written. */
const UNASKED = [
  ["BatchMode", "yes"],
  ["StrictHostKeyChecking", "no"],
  ["UserKnownHostsFile", "/dev/null"],
  ["LogLevel", "ERROR"],
].flatMap(([name, value]) => ["-o", `${name}=${value}`]);

/**
 * A ping of a server's floating IP and a stream through SSH to it, as long as the load lasts; `login` is the command that
 * logs in. What else keeps a session open (a console) goes into the same list.
 */
export function sessionsWith({ floatingIp, login }: { floatingIp: string; login: string }): Session[] {
  const words = [...login.split(" "), ...UNASKED, "cat"];
  return [pinging(floatingIp), streaming(`a stream through SSH to ${floatingIp}`, words)];
}

/** How a program ended, in words; also when it could not be started. */
function ending(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", ({ message }) => resolve(message));
    child.once("close", (code, signal) => resolve(signal ? `ended by ${signal}` : `exit code ${code}`));
  });
}
