import { sleep } from "#support";
import type { CloudClient } from "../../../app/index.ts";
import { type Connecting, type Door, keepReading, keepWriting } from "./clients.ts";
import {
  type Asked,
  type Change,
  judged,
  type Listed,
  type Uploaded,
  type Verdict,
  type Written,
} from "./findings.ts";
import type { Session, SessionSeen } from "./sessions.ts";
import { type Body, type Call, SUBJECTS, type Subject, type Thing } from "./subjects.ts";
import { keepUploading } from "./uploads.ts";

/** What clients of a cloud saw while it was changed. */
export interface Findings {
  asked: readonly Asked[];
  change: Change;
  /** API and what wrote there → what came of what it wrote. */
  verdicts: Readonly<Record<string, Verdict>>;
  uploads: readonly Uploaded[];
  sessions: readonly SessionSeen[];
}

/** Clients at work. */
export interface Load {
  /** From now on the cloud is being changed. */
  changeBegins(): void;
  /** The change is done. */
  changeEnded(): void;
  /**
   * Lets every client get its last answer, looks what writers left, and takes that away; once, however often it is
   * called. Throws KOLLA_CLOUD_REQUEST where the cloud does not answer that.
   */
  stop(): Promise<Findings>;
}

/** How much clients ask: the pause of each between an answer and its next request, in seconds. */
export const PAUSES = {
  /** 17 clients that keep two processors busy. */
  busy: 0.05,
  /** The same, which leave most of two to the rest: with pauses of 2 s they took about half of one. */
  light: 3,
} as const;

export interface LoadWish {
  /** The URL of Nova's API of metadata, which no catalogue has. */
  metadata: string;
  pause: number;
  /** What goes on beside; told to stop with the load. */
  sessions: readonly Session[];
}

const CONNECTING: readonly Connecting[] = ["new", "kept"];

/**
 * Starts clients of every API of a cloud that ask one request after another: readers with a new connection for each request
 * and with a kept one, a writer, and where there are large contents an uploader. They begin one after the other, so that
 * clients that pause do not all ask at the same moments.
 */
export function startLoad(cloud: CloudClient, { metadata, pause, sessions }: LoadWish): Load {
  const asked: Asked[] = [];
  const uploads: Uploaded[] = [];
  const change: Change = { begun: Number.POSITIVE_INFINITY, ended: Number.POSITIVE_INFINITY };
  const stopping = new AbortController();
  const writers: Writer[] = [];
  const begin: ((signal: AbortSignal) => Promise<void>)[] = [];
  const newWriter = (subject: Subject, type: string, thing: Thing, what: string): Writer => {
    const prefix = `kolla-${what}-${process.pid}-${Date.now()}`;
    const writer = { name: `${subject.api}, ${what}`, type, thing, prefix, written: [] };
    writers.push(writer);
    return writer;
  };
  for (const subject of SUBJECTS) {
    const door = doorOf(subject, cloud, metadata, { pause, record: (request) => void asked.push(request) });
    const { call, at } = readOf(subject, door, cloud);
    for (const connecting of CONNECTING) begin.push((signal) => keepReading(at, call, connecting, signal));
    const { type, thing, upload } = subject;
    if (type === undefined) continue;
    if (thing) {
      const { prefix, written } = newWriter(subject, type, thing, "load");
      begin.push((signal) => keepWriting(door, thing, prefix, written, signal));
    }
    if (upload) {
      const { prefix, written } = newWriter(subject, type, upload, "upload");
      begin.push((signal) => keepUploading(door, upload, prefix, { uploads, written }, signal));
    }
  }
  const running = begin.map(async (client, at) => {
    await sleep((pause * at) / begin.length);
    await client(stopping.signal);
  });
  const findings = async (): Promise<Findings> => {
    stopping.abort();
    await Promise.all(running);
    const seen = await Promise.all(sessions.map((session) => session.stop()));
    const verdicts: Record<string, Verdict> = {};
    for (const writer of writers) verdicts[writer.name] = await settle(cloud, writer);
    return { asked, change, verdicts, uploads, sessions: seen };
  };
  let stopped: Promise<Findings> | undefined;
  return {
    changeBegins: () => {
      change.begun = performance.now();
    },
    changeEnded: () => {
      change.ended = performance.now();
    },
    stop: () => {
      stopped ??= findings();
      return stopped;
    },
  };
}

function doorOf(
  { api, type }: Subject,
  cloud: CloudClient,
  metadata: string,
  how: Pick<Door, "pause" | "record">,
): Door {
  if (type === undefined) return { api, url: metadata, headers: {}, ...how };
  return { api, url: cloud.endpoint(type), headers: cloud.headers, ...how };
}

/** What readers of an API ask, and where: without words of its own, for a token. */
function readOf({ read }: Subject, door: Door, cloud: CloudClient): { call: Call; at: Door } {
  if (read) return { call: read, at: door };
  const { url, json } = cloud.tokenRequest;
  const { origin, pathname } = new URL(url);
  return {
    call: { method: "POST", path: pathname, json, expect: 201 },
    at: { ...door, url: origin, headers: {} },
  };
}

interface Writer {
  /** "glance_api, upload" */
  name: string;
  type: string;
  thing: Thing;
  prefix: string;
  written: Written[];
}

/** Judges what a writer wrote by what the cloud lists, and takes away what is left of it. */
async function settle(cloud: CloudClient, { type, thing, prefix, written }: Writer): Promise<Verdict> {
  const { path, key, id } = thing.list;
  const all = (await cloud.request("GET", type, path))[key] as readonly Body[];
  const listed: Listed[] = all
    .map((each) => ({ name: String(each.name), id: String(each[id]) }))
    .filter(({ name }) => name.startsWith(prefix));
  for (const each of listed) {
    const call = thing.remove(each.id);
    await cloud.request(call.method, type, call.path);
  }
  return judged(written, listed);
}
