/** The two outputs of a container's process, separated. */
export interface Output {
  stdout: Buffer;
  stderr: Buffer;
  /** Both in the order in which they were written. */
  both: Buffer;
}

const HEADER = 8;

/**
 * Takes apart the stream that the engine makes of two outputs: frames of one byte for the stream, three zeros, four
 * bytes of length, then the bytes. What does not look so comes from a terminal and is taken as standard output.
 */
export class Demultiplexer {
  #rest: Buffer = Buffer.alloc(0);
  #raw = false;
  readonly #frames: { stream: number; bytes: Buffer }[] = [];

  push(chunk: Buffer): void {
    if (this.#raw) {
      this.#frames.push({ stream: 1, bytes: chunk });
      return;
    }
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= HEADER && this.#takeFrame());
  }

  end(): Output {
    if (this.#rest.length > 0) this.#frames.push({ stream: 1, bytes: this.#rest });
    this.#rest = Buffer.alloc(0);
    const of = (stream: number): Buffer =>
      Buffer.concat(this.#frames.filter((frame) => frame.stream === stream).map((frame) => frame.bytes));
    return { stdout: of(1), stderr: of(2), both: Buffer.concat(this.#frames.map((frame) => frame.bytes)) };
  }

  #takeFrame(): boolean {
    if (!looksFramed(this.#rest)) {
      this.#raw = true;
      this.#frames.push({ stream: 1, bytes: this.#rest });
      this.#rest = Buffer.alloc(0);
      return false;
    }
    const length = this.#rest.readUInt32BE(4);
    if (this.#rest.length < HEADER + length) return false;
    const stream = this.#rest[0] === 2 ? 2 : 1;
    this.#frames.push({ stream, bytes: this.#rest.subarray(HEADER, HEADER + length) });
    this.#rest = this.#rest.subarray(HEADER + length);
    return true;
  }
}

/** Lines of text without their ends; no empty one after the last end. */
export function linesOf(bytes: Buffer): string[] {
  const lines = bytes.toString("utf8").split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function looksFramed(bytes: Buffer): boolean {
  return (bytes[0] ?? 9) <= 2 && bytes[1] === 0 && bytes[2] === 0 && bytes[3] === 0;
}
