import { createHash } from "node:crypto";

const N = 624;
const M = 397;
const WORD = 0xffffffffn;

/**
 * Chance that a seed decides, as Python's random.Random has it: the same numbers for the same text or whole number.
 * The generator is the Mersenne Twister of Matsumoto and Nishimura (MT19937, seeded by an array of words).
 */
export class SeededRandom {
  readonly #state = new Uint32Array(N);
  #at = N;

  constructor(seed: string | bigint) {
    this.#seedByWords(wordsOf(typeof seed === "string" ? numberOf(seed) : seed < 0n ? -seed : seed));
  }

  /** A whole number from 0 up to `end`, which is above 0, without it. */
  below(end: bigint): bigint {
    const bits = end.toString(2).length;
    let found = this.#bits(bits);
    while (found >= end) found = this.#bits(bits);
    return found;
  }

  /** So many random bits; the first word drawn is the lowest. */
  #bits(count: number): bigint {
    let found = 0n;
    for (let at = 0; at < count; at += 32) {
      const wanted = Math.min(32, count - at);
      found |= BigInt(this.#next() >>> (32 - wanted)) << BigInt(at);
    }
    return found;
  }

  #next(): number {
    if (this.#at >= N) this.#twist();
    let word = this.#state[this.#at++] ?? 0;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  #twist(): void {
    const state = this.#state;
    const word = (at: number): number => state[at % N] ?? 0;
    for (let at = 0; at < N; at++) {
      const mixed = (word(at) & 0x80000000) | (word(at + 1) & 0x7fffffff);
      state[at] = word(at + M) ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    this.#at = 0;
  }

  #seedByWords(key: readonly number[]): void {
    const state = this.#state;
    state[0] = 19650218;
    for (let at = 1; at < N; at++) state[at] = Math.imul(this.#mixed(at), 1812433253) + at;
    let at = 1;
    const step = (factor: number, more: number): void => {
      state[at] = ((state[at] ?? 0) ^ Math.imul(this.#mixed(at), factor)) + more;
      if (++at < N) return;
      state[0] = state[N - 1] ?? 0;
      at = 1;
    };
    for (let n = 0; n < Math.max(N, key.length); n++)
      step(1664525, (key[n % key.length] ?? 0) + (n % key.length));
    for (let n = 1; n < N; n++) step(1566083941, -at);
    state[0] = 0x80000000;
  }

  /** What the word before this one adds to it while seeding. */
  #mixed(at: number): number {
    const before = this.#state[at - 1] ?? 0;
    return before ^ (before >>> 30);
  }
}

/** The number that Python makes of a text: its bytes, and their SHA-512 behind them. */
function numberOf(text: string): bigint {
  const bytes = Buffer.from(text, "utf8");
  return BigInt(`0x${bytes.toString("hex")}${createHash("sha512").update(bytes).digest("hex")}`);
}

/** Words of 32 bits, the lowest first; at least one. */
function wordsOf(number: bigint): number[] {
  const words = [Number(number & WORD)];
  for (let rest = number >> 32n; rest > 0n; rest >>= 32n) words.push(Number(rest & WORD));
  return words;
}
