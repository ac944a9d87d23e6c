import { inspect } from "node:util";

/** A value that prints as *** everywhere; whoever really needs it says so with `reveal()`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself: for files of mode 0600/0660 on hosts and for requests, never for a message. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "***";
  }

  toJSON(): string {
    return "***";
  }

  [inspect.custom](): string {
    return "***";
  }
}
