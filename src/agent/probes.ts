import { connect as connectSocket } from "node:net";
import type { RowDataPacket } from "mysql2/promise";
import type { Probe, SetProbe } from "#model";
import { stopwatch } from "#support";
import { type Ground, hostPath } from "./ground.ts";
import { type Answer, ask } from "./http.ts";
import { errorOf, identityClient } from "./identity-client.ts";
import { filled, judged, type Said } from "./judgement.ts";
import { withDatabase } from "./sql.ts";

/** What a service says of itself. */
export interface ProbeResult {
  set: readonly string[];
  ok: boolean;
  words: string;
}

const SECONDS = 10;

/** Asks all probes at once; each that cannot be asked is not ok, with the reason. */
export function runProbes(ground: Ground, probes: readonly SetProbe[]): Promise<ProbeResult[]> {
  return Promise.all(probes.map(async ({ set, probe }) => ({ set, ...(await answer(ground, probe)) })));
}

async function answer(ground: Ground, probe: Probe): Promise<Said> {
  try {
    return await put(ground, probe);
  } catch (error) {
    return { ok: false, words: (error as Error).message };
  }
}

function put(ground: Ground, probe: Probe): Promise<Said> {
  switch (probe.kind) {
    case "http":
      return request(ground, probe);
    case "sql":
      return query(probe);
    case "tcp":
      return knock(probe.host, probe.port);
    case "exec":
      return askInside(ground, probe.container, probe.command);
  }
}

type HttpProbe = Extract<Probe, { kind: "http" }>;

async function request(ground: Ground, probe: HttpProbe): Promise<Said> {
  const seconds = stopwatch();
  const { status, text } = await answerTo(ground, probe);
  const took = String(Math.round(seconds() * 1000));
  if (!probe.expect.includes(status)) {
    const subject = probe.subject === undefined ? "" : `${probe.subject} `;
    const wanted = `answers ${status} where ${probe.expect.join(" or ")} is expected`;
    return { ok: false, words: [subject + wanted, errorOf(text)].filter(Boolean).join(": ") };
  }
  if (probe.judgement) return judged(probe.judgement, JSON.parse(text));
  return { ok: true, words: filled(probe.words ?? "answers in {ms} ms", { ms: took }) };
}

function answerTo(ground: Ground, { url, json, basic, account, ...probe }: HttpProbe): Promise<Answer> {
  const path = account?.caFile ?? probe.caFile;
  const caFile = path === undefined ? undefined : hostPath(ground, path);
  if (account) return identityClient(account, caFile, SECONDS).send("GET", url, json);
  const credentials = basic && Buffer.from(`${basic.user}:${basic.password}`).toString("base64");
  return ask({
    url,
    timeoutSeconds: SECONDS,
    ...(json !== undefined && { method: "POST", json }),
    ...(credentials !== undefined && { headers: { Authorization: `Basic ${credentials}` } }),
    ...(caFile !== undefined && { caFile }),
  });
}

async function query({ admin, query: text, judgement }: Extract<Probe, { kind: "sql" }>): Promise<Said> {
  const rows = await withDatabase(admin, 0, async (connection) => {
    const [found] = await connection.query<RowDataPacket[]>(text);
    return found;
  });
  return judged(judgement, rows);
}

function knock(host: string, port: number): Promise<Said> {
  return new Promise((resolve) => {
    const socket = connectSocket({ host, port, timeout: SECONDS * 1000 });
    const end = (ok: boolean, words: string): void => {
      socket.destroy();
      resolve({ ok, words });
    };
    socket.on("connect", () => end(true, `accepts connections on ${host}:${port}`));
    socket.on("timeout", () => end(false, `no answer from ${host}:${port} within ${SECONDS} s`));
    socket.on("error", ({ message }) => end(false, message));
  });
}

async function askInside(ground: Ground, container: string, command: readonly string[]): Promise<Said> {
  const result = await ground.engine.exec(container, command, { timeoutSeconds: SECONDS });
  const [line = ""] = `${result.stdout}${result.stderr}`.trim().split("\n").slice(-1);
  if (result.timedOut) return { ok: false, words: `no answer within ${SECONDS} s` };
  if (result.exitCode === 0) return { ok: true, words: line || "well" };
  return { ok: false, words: `exit code ${result.exitCode}${line && `: ${line}`}` };
}
