import { createHash, randomBytes } from "node:crypto";
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { Readable } from "node:stream";
import { sleep } from "#support";
import { Client, type Door } from "./clients.ts";
import type { Uploaded, Written } from "./findings.ts";
import type { Body, Thing } from "./subjects.ts";

const MEGABYTE = 2 ** 20;
/** Size of an uploaded image, in megabytes (2^20 bytes). */
const SIZE = 200;
/** How fast it is sent, in megabytes a second: an upload is under way for longer than a turn takes. */
const RATE = 10;
/** An upload that takes longer has failed, in seconds. */
const PATIENCE = 300;

/**
 * One that uploads an image of 200 MB, looks whether the cloud has it as it was sent, takes it away, and begins again, until it
 * is told to stop; the last upload ends first. What came of each, in `uploads`, and of its record in `written`.
 */
export async function keepUploading(
  door: Door,
  thing: Thing,
  prefix: string,
  { uploads, written }: { uploads: Uploaded[]; written: Written[] },
  signal: AbortSignal,
): Promise<void> {
  const client = new Client(door, "uploader", "new");
  for (let round = 0; !signal.aborted; round++) {
    const made = await client.makeOne(thing, `${prefix}-${round}`);
    written.push(made);
    if (made.id === undefined) await sleep(1);
    else {
      uploads.push(await uploadOne(door, client, made.id));
      await client.removeOne(thing, made);
    }
  }
  client.leave();
}

async function uploadOne(door: Door, client: Client, id: string): Promise<Uploaded> {
  const path = `/v2/images/${id}`;
  const begun = performance.now();
  const hash = createHash("sha512");
  const failure = await send(door, `${path}/file`, hash);
  const ended = performance.now();
  if (failure !== undefined) return { begun, ended, failure };
  const answer = await client.ask({ method: "GET", path, expect: 200 });
  const wrong = answer && differenceOf(JSON.parse(answer.text) as Body, hash.digest("hex"));
  return { begun, ended, ...(wrong !== undefined && { failure: wrong }) };
}

/** What is not as it was sent; undefined when all is. */
export function differenceOf(image: Body, sha512: string): string | undefined {
  const wanted: Body = {
    status: "active",
    size: SIZE * MEGABYTE,
    os_hash_algo: "sha512",
    os_hash_value: sha512,
  };
  const wrong = Object.entries(wanted).filter(([key, value]) => image[key] !== value);
  if (wrong.length === 0) return undefined;
  return wrong.map(([key, value]) => `${key} is ${image[key]}, not ${value}`).join(", ");
}

/** Sends the content at its rate; why it failed, or undefined. */
async function send(
  { url, headers }: Door,
  path: string,
  hash: ReturnType<typeof createHash>,
): Promise<string | undefined> {
  const open = url.startsWith("https:") ? tlsRequest : plainRequest;
  const options = {
    method: "PUT",
    headers: {
      ...headers,
      "Content-Type": "application/octet-stream",
      "Content-Length": String(SIZE * MEGABYTE),
    },
    signal: AbortSignal.timeout(PATIENCE * 1000),
  };
  return new Promise((resolve) => {
    const sent = open(`${url}${path}`, options, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 204 ? undefined : `status ${answer.statusCode}`);
    });
    sent.on("error", ({ message }) => resolve(message));
    Readable.from(content(hash)).pipe(sent);
  });
}

/** Random bytes, a megabyte at a time, each with its number in front: one that is lost or sent twice shows in the hash. */
async function* content(hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  const block = randomBytes(MEGABYTE);
  const begun = performance.now();
  for (let number = 0; number < SIZE; number++) {
    block.writeUInt32BE(number);
    const piece = Buffer.from(block);
    hash.update(piece);
    yield piece;
    await sleep(Math.max(0, (number + 1) / RATE - (performance.now() - begun) / 1000));
  }
}
