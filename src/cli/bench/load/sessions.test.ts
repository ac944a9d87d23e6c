import { describe, expect, it } from "vitest";
import { sleep } from "#support";
import { longestSilence, pingSeen, streaming } from "./sessions.ts";

describe("silence", () => {
  it("is the longest time between two moments that follow each other", () => {
    expect(longestSilence([100, 200, 550, 600])).toBe(350);
    expect(longestSilence([100])).toBe(0);
    expect(longestSilence([])).toBe(0);
  });
});

describe("what ping printed", () => {
  const line = (at: string, number: number): string =>
    `[${at}] 64 bytes from 10.0.2.150: icmp_seq=${number} ttl=63 time=0.5 ms\n`;

  it("has what was sent, lost and the longest silence", () => {
    const printed = `PING 10.0.2.150\n${line("100.000000", 1)}${line("100.100000", 2)}${line("100.450000", 5)}
--- 10.0.2.150 ping statistics ---
5 packets transmitted, 3 received, 40% packet loss, time 400ms\n`;
    const { silence, ...rest } = pingSeen("ping", printed);
    expect(rest).toEqual({ name: "ping", sent: 5, lost: 2 });
    expect(silence).toBeCloseTo(350);
  });

  it("counts nothing as lost that was under way when it was told to stop, and more than that as lost", () => {
    const told = (sent: number, received: number): string => `--- ping statistics ---
${sent} packets transmitted, ${received} received, 25% packet loss, time 400ms\n`;
    const answered = `${line("100.000000", 1)}${line("100.200000", 3)}`;
    expect(pingSeen("ping", `${answered}${told(4, 2)}`)).toMatchObject({ sent: 4, lost: 1 });
    expect(pingSeen("ping", `${answered}${told(33, 2)}`)).toMatchObject({ sent: 33, lost: 21 });
    expect(pingSeen("ping", told(4, 0))).toMatchObject({ sent: 4, lost: 4 });
  });

  it("has its words when there was no answer at all", () => {
    expect(pingSeen("ping", "ping: nobody: Name or service not known\n")).toMatchObject({
      sent: 0,
      ended: expect.stringContaining("not known"),
    });
  });
});

describe("a stream", () => {
  it("counts what comes back", async () => {
    const session = streaming("echo", ["cat"]);
    await sleep(0.5);
    const seen = await session.stop();
    expect(seen.sent).toBeGreaterThan(2);
    expect(seen).toMatchObject({ name: "echo", lost: 0 });
    expect(seen.ended).toBeUndefined();
  });

  it("tells that it ended by itself, and how", async () => {
    const session = streaming("echo", ["sh", "-c", "read line; echo gone >&2; exit 3"]);
    await sleep(0.5);
    expect((await session.stop()).ended).toBe("exit code 3: gone");
    const absent = streaming("echo", ["/nowhere/program"]);
    await sleep(0.2);
    expect((await absent.stop()).ended).toMatch(/ENOENT/);
  });
});
