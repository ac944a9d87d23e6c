import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import type { Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { KollaError } from "#support";
import { connectionError, refusal, silence } from "./errors.ts";

/** Newest version of the API that this client was written for; an older engine is asked in its own. */
const OUR_API = "1.44";
/** Seconds that an ordinary request may take until the answer begins. */
const PATIENCE = 120;

export interface Ask {
  method?: "GET" | "POST" | "DELETE" | "PUT" | "HEAD";
  /** Below the version: "/containers/json". */
  path: string;
  query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  json?: unknown;
  body?: NodeJS.ReadableStream;
  headers?: Readonly<Record<string, string>>;
  /** For the error message, an infinitive: "start the container nova_api". */
  what: string;
  /** Seconds until the answer begins; 0: for ever. */
  patience?: number;
  signal?: AbortSignal;
}

/** One connection a request to an engine's unix socket. */
export class Transport {
  readonly socketPath: string;
  #version: Promise<string> | undefined;

  constructor(socketPath: string) {
    this.socketPath = socketPath;
  }

  /** The answer's body as JSON; undefined when it is empty. Throws KollaError for every refusal. */
  async json<T>(ask: Ask): Promise<T> {
    const text = (await this.bytes(ask)).toString("utf8").trim();
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  /** As `json`, but undefined where the engine says that there is no such thing. */
  async jsonIfThere<T>(ask: Ask): Promise<T | undefined> {
    try {
      return await this.json<T>(ask);
    } catch (error) {
      if (error instanceof KollaError && error.code === "KOLLA_ENGINE_NOT_FOUND") return undefined;
      throw error;
    }
  }

  async bytes(ask: Ask): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.stream(ask)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /** The answer's body as it comes. An engine that dies in the middle is an error, never a short answer. */
  async *stream(ask: Ask): AsyncGenerator<Buffer> {
    const response = await this.send(ask);
    try {
      for await (const chunk of response) yield chunk as Buffer;
    } catch (error) {
      ask.signal?.throwIfAborted();
      throw connectionError(error as Error, this.socketPath, ask.what);
    }
  }

  /** An answer that took the connection over (attached input and output): its raw socket. */
  async hijack(ask: Ask): Promise<{ socket: Socket; head: Buffer }> {
    const options = await this.#options(ask, { Connection: "Upgrade", Upgrade: "tcp" });
    return new Promise((resolve, reject) => {
      const request = httpRequest(options);
      this.#limit(request, ask);
      request.on("upgrade", (_response, socket, head) => resolve({ socket: socket as Socket, head }));
      request.on("response", (response) => void this.#accept(response, ask).then(unexpected, reject));
      request.on("error", (error) => reject(this.#explain(error, ask)));
      request.end(ask.json === undefined ? undefined : JSON.stringify(ask.json));
      const unexpected = (): void => reject(refusal("it did not hand over the connection", ask.what));
    });
  }

  /** The answer once its head is there; a status of 400 and above is thrown. */
  async send(ask: Ask): Promise<IncomingMessage> {
    const options = await this.#options(ask);
    const response = await this.#exchange(options, ask);
    return this.#accept(response, ask);
  }

  #exchange(options: RequestOptions, ask: Ask): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(options);
      this.#limit(request, ask);
      request.on("response", resolve);
      request.on("error", (error) => reject(this.#explain(error, ask)));
      if (ask.body) pipeline(ask.body, request).catch((error: Error) => reject(this.#explain(error, ask)));
      else request.end(ask.json === undefined ? undefined : JSON.stringify(ask.json));
    });
  }

  /** Ends a request whose answer does not begin in time. */
  #limit(request: ClientRequest, ask: Ask): void {
    const patience = ask.patience ?? PATIENCE;
    if (patience === 0) return;
    const giveUp = (): void => void request.destroy(silence(this.socketPath, ask.what, patience));
    const timer = setTimeout(giveUp, patience * 1000);
    for (const end of ["response", "upgrade", "close"]) request.on(end, () => clearTimeout(timer));
  }

  #explain(error: Error, ask: Ask): Error {
    if (ask.signal?.aborted) return ask.signal.reason as Error;
    return error instanceof KollaError ? error : connectionError(error, this.socketPath, ask.what);
  }

  async #accept(response: IncomingMessage, ask: Ask): Promise<IncomingMessage> {
    const status = response.statusCode ?? 0;
    if (status < 400) return response;
    throw refusal(await messageOf(response), ask.what, status);
  }

  async #options(ask: Ask, headers: Readonly<Record<string, string>> = {}): Promise<RequestOptions> {
    const options = this.#plainOptions(ask, `/v${await this.#apiVersion()}`);
    return { ...options, headers: { ...options.headers, ...headers } };
  }

  #plainOptions(ask: Ask, prefix: string): RequestOptions {
    const type = ask.json === undefined ? {} : { "Content-Type": "application/json" };
    return {
      socketPath: this.socketPath,
      method: ask.method ?? "GET",
      path: `${prefix}${ask.path}${queryText(ask.query)}`,
      headers: { Host: "engine", ...type, ...ask.headers },
      agent: false,
      ...(ask.signal && { signal: ask.signal }),
    };
  }

  #apiVersion(): Promise<string> {
    this.#version ??= this.#negotiate();
    return this.#version;
  }

  /** Asked once, without a version in the path; asked again if it failed. */
  async #negotiate(): Promise<string> {
    const ask: Ask = { path: "/_ping", what: "tell its version", patience: 30 };
    try {
      const response = await this.#exchange(this.#plainOptions(ask, ""), ask);
      response.resume();
      const theirs = String(response.headers["api-version"] ?? OUR_API);
      return olderOf(theirs, OUR_API);
    } catch (error) {
      this.#version = undefined;
      throw error;
    }
  }
}

/** A name inside a path: everything is quoted but the slashes of an image's name. */
export function inPath(name: string): string {
  return name.split("/").map(encodeURIComponent).join("/").replaceAll("%3A", ":").replaceAll("%40", "@");
}

/** Each JSON document of a stream, a document a line. */
export async function* documents<T>(chunks: AsyncIterable<Buffer>): AsyncGenerator<T> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield JSON.parse(line) as T;
  }
  if (rest.trim() !== "") yield JSON.parse(rest) as T;
}

function queryText(query: Ask["query"] = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value])
      search.append(key, String(one));
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

function olderOf(a: string, b: string): string {
  return Number(a.split(".")[1]) < Number(b.split(".")[1]) ? a : b;
}

async function messageOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text || `HTTP status ${response.statusCode}`;
  }
}
