import { describe, expect, it } from "vitest";
import { attempt } from "./attempt.ts";
import { classifyFailure, secondsBefore } from "./failure.ts";

describe("a failed build", () => {
  it.each([
    "Temporary failure resolving 'deb.debian.org'",
    "E: Failed to fetch http://deb.debian.org/x.deb  Connection timed out",
    "W: Failed to fetch http://deb.debian.org/x  502  Bad Gateway [IP: 1.2.3.4 80]",
    "pip._vendor.urllib3.exceptions.ReadTimeoutError: Read timed out.",
    "E: Could not get lock /var/lib/apt/lists/lock",
    "net/http: TLS handshake timeout",
    "E: Failed to fetch http://deb/x  Hash Sum mismatch",
  ])("heals: %s", (line) => {
    expect(classifyFailure([line])).toBe("heals");
  });

  it.each([
    "E: Unable to locate package keystoned",
    "error: command 'gcc' failed with exit code 1",
    "ERROR: No matching distribution found for keystone==99",
    "E: Failed to fetch http://deb.debian.org/x.deb  404  Not Found",
    "exit code: 1",
  ])("stays: %s", (line) => {
    expect(classifyFailure([line])).toBe("stays");
  });

  it("is told apart from a full disk and an engine that went away", () => {
    expect(classifyFailure(["write /var/lib/docker/tmp/x: no space left on device"])).toBe("disk-full");
    expect(
      classifyFailure(["Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?"]),
    ).toBe("engine-gone");
  });

  it("waits longer each time, at most a minute", () => {
    expect([2, 3, 4, 5, 6].map(secondsBefore)).toEqual([5, 15, 45, 60, 60]);
  });
});

describe("trying again", () => {
  const failing = (line: string) => {
    const retried: string[] = [];
    const result = attempt({
      retries: 2,
      once: async () => ({ ok: false, failure: { message: "RUN x", log: [line] } }),
      onRetry: (because) => retried.push(because),
      pause: () => 0,
    });
    return { result, retried };
  };

  it("stops after as many retries as asked for", async () => {
    const { result, retried } = failing("Connection timed out");
    expect(await result).toMatchObject({ ok: false, kind: "heals", attempts: 3 });
    expect(retried).toEqual(["Connection timed out", "Connection timed out"]);
  });

  it("does not repeat what would fail the same way", async () => {
    const { result, retried } = failing("error: command 'gcc' failed");
    expect(await result).toMatchObject({ ok: false, kind: "stays", attempts: 1 });
    expect(retried).toEqual([]);
  });

  it("ends with the first success", async () => {
    const result = await attempt({
      retries: 3,
      once: async (number) =>
        number < 2
          ? { ok: false, failure: { message: "i/o timeout", log: [] } }
          : { ok: true, value: number },
      onRetry: () => undefined,
      pause: () => 0,
    });
    expect(result).toEqual({ ok: true, value: 2, attempts: 2 });
  });
});
