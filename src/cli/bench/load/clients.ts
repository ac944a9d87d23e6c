import { Agent } from "node:http";
import { sleep } from "#support";
import { type Answer, ask } from "../../../agent/http.ts";
import type { Asked, Written } from "./findings.ts";
import type { Body, Call, Thing } from "./subjects.ts";

/** A client that waits for an answer longer gives up, in seconds. */
const PATIENCE = 60;
/** Things of a writer that are there at a time: the oldest goes before one more comes. Below Nova's quota of 10 groups. */
const THERE = 4;

/** Whether a client keeps its connection from one request to the next. */
export type Connecting = "kept" | "new";

/** Where a client asks, and who it is. */
export interface Door {
  api: string;
  /** What comes before the path of each request. */
  url: string;
  headers: Readonly<Record<string, string>>;
  /** Between an answer and the next request, in seconds. */
  pause: number;
  /** Where each of its requests is put down. */
  record: (asked: Asked) => void;
}

/** One that asks the same until it is told to stop. */
export async function keepReading(
  door: Door,
  call: Call,
  connecting: Connecting,
  signal: AbortSignal,
): Promise<void> {
  const client = new Client(door, "reader", connecting);
  while (!signal.aborted) {
    await client.ask(call);
    await sleep(door.pause);
  }
  client.leave();
}

/**
 * One that makes things, changes each once and takes the oldest away, in turns with kept and with new connections, until
 * it is told to stop; a few are there in the end. What came of each, in `written`.
 */
export async function keepWriting(
  door: Door,
  thing: Thing,
  prefix: string,
  written: Written[],
  signal: AbortSignal,
): Promise<void> {
  const clients = [new Client(door, "writer", "kept"), new Client(door, "writer", "new")] as const;
  for (let round = 0; !signal.aborted; round++) {
    const client = clients[round % 2 === 0 ? 0 : 1];
    const made = await client.makeOne(thing, `${prefix}-${round}`);
    written.push(made);
    if (made.id !== undefined && thing.change) {
      await sleep(door.pause);
      await client.ask(thing.change(made.id, made.name));
    }
    const there = written.filter(({ id, removed }) => id !== undefined && removed === "no");
    const [oldest] = there;
    if (oldest && there.length > THERE) {
      await sleep(door.pause);
      await client.removeOne(thing, oldest);
    }
    await sleep(door.pause);
  }
  for (const client of clients) client.leave();
}

/** Asks one request after another and puts each down; it never asks again what failed. */
export class Client {
  readonly #door: Door;
  readonly #name: string;
  readonly #agent: Agent;

  constructor(door: Door, does: "reader" | "writer" | "uploader", connecting: Connecting) {
    this.#door = door;
    this.#name = `${does}, ${connecting === "kept" ? "kept connection" : "new connections"}`;
    this.#agent = new Agent({ keepAlive: connecting === "kept", maxSockets: 1 });
  }

  /** The answer; undefined where there is none, or another than there should be. */
  async ask({ expect, path, ...call }: Call): Promise<Answer | undefined> {
    const { api, url, headers, record } = this.#door;
    const begun = performance.now();
    const put = (failure?: Asked["failure"]): void =>
      record({
        api,
        client: this.#name,
        method: call.method,
        path,
        begun,
        ended: performance.now(),
        ...(failure && { failure }),
      });
    try {
      const answer = await ask({
        ...call,
        url: `${url}${path}`,
        headers: { ...headers, ...call.headers },
        timeoutSeconds: PATIENCE,
        agent: this.#agent,
      });
      const { status, text } = answer;
      put(status === expect ? undefined : { status, message: text.slice(0, 500) });
      return status === expect ? answer : undefined;
    } catch (error) {
      put({ message: (error as Error).message });
      return undefined;
    }
  }

  /** Makes a thing, once. */
  async makeOne(thing: Thing, name: string): Promise<Written> {
    const answer = await this.ask(thing.make(name));
    const id = answer && thing.idIn(JSON.parse(answer.text) as Body);
    return { name, removed: "no", ...(typeof id === "string" && { id }) };
  }

  /** Takes a thing away, once, and puts down what came of that. */
  async removeOne(thing: Thing, written: Written): Promise<void> {
    const answer = await this.ask(thing.remove(written.id ?? ""));
    written.removed = answer ? "yes" : "unsure";
  }

  /** Lets go of its connection. */
  leave(): void {
    this.#agent.destroy();
  }
}
