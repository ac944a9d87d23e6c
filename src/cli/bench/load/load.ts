import type { CloudClient } from "../../../app/index.ts";
import { type Connecting, type Door, keepReading, keepWriting } from "./clients.ts";
import { type Asked, type Change, judged, type Listed, type Verdict, type Written } from "./findings.ts";
import { type Body, type Call, SUBJECTS, type Subject, type Thing } from "./subjects.ts";

/** What clients of a cloud saw while it was changed. */
export interface Findings {
  asked: readonly Asked[];
  change: Change;
  /** API → what came of what its writer wrote. */
  verdicts: Readonly<Record<string, Verdict>>;
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

const CONNECTING: readonly Connecting[] = ["new", "kept"];

/**
 * Starts clients of every API of a cloud that ask without pause: readers with a new connection for each request and with
 * a kept one, and a writer. `metadata`: the URL of Nova's API of metadata, which no catalogue has.
 */
export function startLoad(cloud: CloudClient, metadata: string): Load {
  const asked: Asked[] = [];
  const change: Change = { begun: Number.POSITIVE_INFINITY, ended: Number.POSITIVE_INFINITY };
  const stopping = new AbortController();
  const record = (request: Asked): void => void asked.push(request);
  const writers: Writer[] = [];
  const running = SUBJECTS.flatMap((subject) => {
    const door = doorOf(subject, cloud, metadata, record);
    const { call, at } = readOf(subject, door, cloud);
    const readers = CONNECTING.map((connecting) => keepReading(at, call, connecting, stopping.signal));
    const { api, type, thing } = subject;
    if (thing === undefined || type === undefined) return readers;
    const written: Written[] = [];
    const prefix = `kolla-load-${process.pid}-${Date.now()}`;
    writers.push({ api, type, thing, prefix, written });
    return [...readers, keepWriting(door, thing, prefix, written, stopping.signal)];
  });
  const findings = async (): Promise<Findings> => {
    stopping.abort();
    await Promise.all(running);
    const verdicts: Record<string, Verdict> = {};
    for (const writer of writers) verdicts[writer.api] = await settle(cloud, writer);
    return { asked, change, verdicts };
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

function doorOf({ api, type }: Subject, cloud: CloudClient, metadata: string, record: Door["record"]): Door {
  if (type === undefined) return { api, url: metadata, headers: {}, record };
  return { api, url: cloud.endpoint(type), headers: cloud.headers, record };
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
  api: string;
  type: string;
  thing: Thing;
  prefix: string;
  written: readonly Written[];
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
