import { readFileSync } from "node:fs";
import { type Agent, type IncomingMessage, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { KollaError, sleep } from "#support";

export interface Ask {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "HEAD" | "DELETE";
  url: string;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  json?: unknown;
  /** A CA bundle that the server's certificate is checked with, instead of the usual ones. */
  caFile?: string;
  /** Default 30. */
  timeoutSeconds?: number;
  /** Whose connections are used. Default: Node's own, which keeps them. */
  agent?: Agent;
}

export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  text: string;
}

/** One HTTP request. Throws KOLLA_HTTP when nobody answers in time; any status is an answer. */
export async function ask(wanted: Ask): Promise<Answer> {
  try {
    return await send(wanted);
  } catch (cause) {
    const { message, code } = cause as NodeJS.ErrnoException;
    throw new KollaError({
      code: "KOLLA_HTTP",
      message: `${wanted.method ?? "GET"} ${wanted.url}: ${message || code}`,
      cause,
    });
  }
}

/** As `ask`, again and again for so many seconds while nobody answers or the answer is a 5xx. */
export async function askPatiently(wanted: Ask, seconds: number): Promise<Answer> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const isLast = Date.now() >= deadline;
    try {
      const answer = await ask(wanted);
      if (answer.status < 500 || isLast) return answer;
    } catch (error) {
      if (isLast) throw error;
    }
    await sleep(1);
  }
}

function send(wanted: Ask): Promise<Answer> {
  const { method = "GET", url, timeoutSeconds = 30 } = wanted;
  const body = wanted.json === undefined ? undefined : JSON.stringify(wanted.json);
  const headers = {
    Accept: "application/json",
    ...(body !== undefined && {
      "Content-Type": "application/json",
      "Content-Length": String(Buffer.byteLength(body)),
    }),
    ...wanted.headers,
  };
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  const options = {
    method,
    headers,
    signal,
    ...(wanted.agent && { agent: wanted.agent }),
    ...(wanted.caFile && { ca: readFileSync(wanted.caFile) }),
  };
  const request = url.startsWith("https:") ? tlsRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (answer) => read(answer).then(resolve, reject));
    sent.on("error", reject);
    sent.end(body);
  });
}

async function read(answer: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
  );
  return { status: answer.statusCode ?? 0, headers, text: Buffer.concat(chunks).toString("utf8") };
}
