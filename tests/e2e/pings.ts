import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { longestSilence as silenceBetween } from "../../src/cli/bench/load/sessions.ts";

/**
 * How many of 120 pings, two a second, an address answers. With a deadline (ping -w) the first of them that is told to be
 * unreachable would end it.
 */
export async function answeredInAMinute(address: string): Promise<number> {
  const words = ["-c", "120", "-i", "0.5", "-W", "1", address];
  const { stdout } = await execa("ping", words, { reject: false });
  return Number(/(\d+) received/.exec(stdout)?.[1]);
}

/** The longest time without an answer of an address, in seconds, as `act` goes on and ten seconds after. */
export async function longestSilence(address: string, act: () => Promise<void>): Promise<number> {
  const pings = execa("ping", ["-D", "-i", "0.05", address], { reject: false });
  try {
    await act();
    await sleep(10_000);
  } finally {
    pings.kill("SIGINT");
  }
  const ended = Date.now() / 1000;
  const answers = (await pings).stdout.matchAll(/^\[([\d.]+)\] \d+ bytes/gm);
  const moments = [...answers].map(([, time]) => Number(time));
  return moments.length === 0 ? Number.POSITIVE_INFINITY : silenceBetween([...moments, ended]);
}
