import { randomBytes } from "node:crypto";
import { request } from "node:http";
import type { Duplex } from "node:stream";
import { CloudClient } from "../../src/app/quickstart/cloud-client.ts";

/** Kinds of frames (RFC 6455, section 5.2). */
const BINARY = 2;
const CLOSE = 8;
/** Bytes of a frame's head without a mask, by what its length says. */
const HEADS: Readonly<Record<number, number>> = { 126: 4, 127: 10 };

/**
 * A console that somebody has open, as browsers have it: bytes through a WebSocket. Extensions and fragments are not
 * asked for, and websockify sends none.
 */
class ConsoleSession {
  readonly #socket: Duplex;
  /** What came: frames that are not whole yet, and what frames brought that nobody has heard yet. */
  #frames = Buffer.alloc(0);
  #heard = Buffer.alloc(0);
  #isOpen = true;
  #told: () => void = () => undefined;

  private constructor(socket: Duplex, head: Buffer) {
    this.#socket = socket;
    const end = (): void => {
      this.#isOpen = false;
      this.#told();
    };
    socket.on("error", end).on("close", end).on("end", end);
    socket.on("data", (bytes: Buffer) => this.#take(bytes));
    this.#take(head);
  }

  /** Opens the console at the address that Nova's API gives, of a page or a WebSocket. Throws where that is refused. */
  static open(address: string): Promise<ConsoleSession> {
    const key = randomBytes(16).toString("base64");
    const headers = {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": key,
      "Sec-WebSocket-Protocol": "binary",
    };
    return new Promise((resolve, reject) => {
      const asked = request(socketUrl(address), { headers, timeout: 30_000 });
      asked.on("upgrade", (_, socket, head) => resolve(new ConsoleSession(socket, head)));
      asked.on("response", ({ statusCode }) => reject(new Error(`the console answers ${statusCode}`)));
      asked.on("timeout", () => asked.destroy(new Error("the console does not answer")));
      asked.on("error", reject);
      asked.end();
    });
  }

  /** False once the other side has ended it, or it was left. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  say(bytes: Uint8Array): void {
    this.#socket.write(masked(bytes));
  }

  /** The next so many bytes. Throws when the console ends before, or is silent for so many seconds. */
  async hear(count: number, seconds = 20): Promise<Buffer> {
    const deadline = Date.now() + seconds * 1000;
    while (this.#heard.length < count) {
      if (!this.#isOpen) throw new Error("the console has ended");
      if (Date.now() >= deadline) throw new Error(`the console was silent for ${seconds} s`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 200);
        this.#told = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const bytes = this.#heard.subarray(0, count);
    this.#heard = this.#heard.subarray(count);
    return bytes;
  }

  leave(): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    this.#frames = Buffer.concat([this.#frames, bytes]);
    for (let frame = frameIn(this.#frames); frame; frame = frameIn(this.#frames)) {
      this.#frames = this.#frames.subarray(frame.end);
      if (frame.kind === CLOSE) this.#socket.destroy();
      if (frame.kind === BINARY) this.#heard = Buffer.concat([this.#heard, frame.payload]);
    }
    this.#told();
  }
}

/** A page of noVNC has the path of its WebSocket in its query. */
function socketUrl(address: string): URL {
  const page = new URL(address.replace(/^ws/, "http"));
  const path = page.searchParams.get("path");
  return path === null ? page : new URL(path, page.origin);
}

interface Frame {
  kind: number;
  payload: Buffer;
  end: number;
}

function frameIn(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined;
  const said = bytes.readUInt8(1) & 0x7f;
  const head = HEADS[said] ?? 2;
  if (bytes.length < head) return undefined;
  const length = head === 2 ? said : head === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const end = head + length;
  if (bytes.length < end) return undefined;
  return { kind: bytes.readUInt8(0) & 0x0f, payload: bytes.subarray(head, end), end };
}

/** A client's frame: below 126 bytes, which is enough for what is said here. */
function masked(bytes: Uint8Array): Buffer {
  if (bytes.length > 125) throw new RangeError(`${bytes.length} bytes are too many for a short frame`);
  const mask = randomBytes(4);
  const body = bytes.map((byte, at) => byte ^ (mask[at % 4] ?? 0));
  return Buffer.concat([Buffer.from([0x80 | BINARY, 0x80 | bytes.length]), mask, body]);
}

/** Greets a graphical console as its client (RFC 6143, section 7). The name that the screen has. */
async function greetScreen(session: ConsoleSession): Promise<string> {
  const version = (await session.hear(12)).toString();
  if (version !== "RFB 003.008\n") throw new Error(`the console speaks ${JSON.stringify(version)}`);
  session.say(Buffer.from(version));
  await session.hear((await session.hear(1)).readUInt8());
  session.say(Buffer.from([WITHOUT_PASSWORD]));
  if ((await session.hear(4)).readUInt32BE() !== 0) throw new Error("the console lets nobody in");
  session.say(Buffer.from([SHARED]));
  const head = await session.hear(24);
  return (await session.hear(head.readUInt32BE(20))).toString();
}

const WITHOUT_PASSWORD = 1;
const SHARED = 1;

/** Asks for a pixel of the screen. How many bytes of pixels came: with four each, as Qemu has them. */
export async function seePixel(session: ConsoleSession): Promise<number> {
  session.say(Buffer.from([3, 0, 0, 0, 0, 0, 0, 1, 0, 1]));
  const head = await session.hear(4);
  let bytes = 0;
  for (let left = head.readUInt16BE(2); left > 0; left--) {
    const rectangle = await session.hear(12);
    const size = rectangle.readUInt16BE(4) * rectangle.readUInt16BE(6) * 4;
    await session.hear(size);
    bytes += size;
  }
  return bytes;
}

/** Somebody looks at the screen of the first server. */
export async function openConsole(): Promise<ConsoleSession> {
  const cloud = await CloudClient.signIn("/etc/kolla/clouds.yaml", "kolla-admin-internal");
  const { servers } = (await cloud.request("GET", "compute", "/servers?all_tenants=1")) as {
    servers: { id: string }[];
  };
  const asked = { "os-getVNCConsole": { type: "novnc" } };
  const path = `/servers/${servers[0]?.id}/action`;
  const { console } = (await cloud.request("POST", "compute", path, asked)) as { console: { url: string } };
  const session = await ConsoleSession.open(console.url);
  await greetScreen(session);
  return session;
}
