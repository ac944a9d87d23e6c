import { type FileHandle, open } from "node:fs/promises";
import type { RunEvent } from "#model";
import { sleep } from "#support";
import type { CarrierEvent, OnEvent } from "./settings.ts";

const POLL_SECONDS = 0.05;

/** Hands on the events that Ansible's plugins append to a file, until it is told that no more will come. */
export class EventTail {
  readonly #path: string;
  readonly #onEvent: OnEvent;
  readonly #decoder = new TextDecoder();
  #rest = "";
  #ended = false;

  constructor(path: string, onEvent: OnEvent) {
    this.#path = path;
    this.#onEvent = onEvent;
  }

  /** Resolves after `end()`, when all that was written has been handed on. */
  async follow(): Promise<void> {
    const file = await open(this.#path, "a+", 0o600);
    try {
      for (;;) {
        const last = this.#ended;
        await this.#drain(file);
        if (last) return;
        await sleep(POLL_SECONDS);
      }
    } finally {
      await file.close();
    }
  }

  end(): void {
    this.#ended = true;
  }

  #position = 0;

  async #drain(file: FileHandle): Promise<void> {
    const chunk = Buffer.alloc(65536);
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      this.#take(this.#decoder.decode(chunk.subarray(0, bytesRead), { stream: true }));
    }
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#onEvent(parseEvent(line));
  }
}

/** One line of the plugins; they write nothing else, so anything else is a bug and throws. */
function parseEvent(line: string): RunEvent | CarrierEvent {
  const { kind, event, ...rest } = JSON.parse(line) as { kind: string; event: unknown };
  return (kind === "agent" ? event : { event, ...rest }) as RunEvent | CarrierEvent;
}
