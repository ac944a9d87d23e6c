import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../../src/engine/index.ts";
import { engineAnswers, IMAGE, idle, importBusybox } from "./world.ts";

const engine = connect();
const there = await engineAnswers();
const names = ["kolla-engine-test-a", "kolla-engine-test-b", "kolla-engine-test-c"];
const [a = "", b = "", c = ""] = names;
const VOLUME = "kolla-engine-test";

async function cleanUp(): Promise<void> {
  for (const name of names) await engine.remove(name, { force: true });
  await engine.volumes.remove(VOLUME);
}

describe.skipIf(!there)("a real engine", () => {
  beforeAll(async () => {
    await cleanUp();
    await importBusybox(engine);
  }, 60_000);
  afterAll(async () => {
    await cleanUp();
    await engine.removeImage(IMAGE, { force: true });
  });

  it("tells its version", async () => {
    const version = await engine.version();
    expect(version.name).toMatch(/^(docker|podman)$/);
    expect(version.version).toMatch(/^\d+\.\d+/);
    expect([1, 2]).toContain(version.cgroupVersion);
    expect(version.rootDirectory).toMatch(/^\//);
  });

  it("creates a container with exactly what its specification says", async () => {
    await engine.volumes.create(VOLUME, { purpose: "test" });
    await engine.create(
      idle(a, {
        capabilities: ["NET_ADMIN", "CHOWN"],
        environment: { GREETING: "hello = world" },
        readOnlyRoot: true,
        tmpfs: ["/run:size=1m,mode=755"],
        ulimits: { nofile: { soft: 1000, hard: 2000 } },
        mounts: [
          { source: VOLUME, target: "/volume" },
          { source: "/etc", target: "/host-etc", readOnly: true, propagation: "private" },
        ],
        user: "42425:42425",
        health: { test: ["CMD-SHELL", "true"], interval: 1, timeout: 5, startPeriod: 0, retries: 2 },
      }),
    );
    await engine.start(a);
    const read = async (script: string): Promise<string> =>
      (await engine.exec(a, ["sh", "-c", script], { user: "0" })).stdout.trim();

    // CAP_NET_ADMIN is bit 12, CAP_CHOWN bit 0.
    expect(await read("while read k v; do test $k = CapBnd: && echo $v; done </proc/1/status")).toBe(
      "0000000000001001",
    );
    expect(await read("while read k v; do test $k = NoNewPrivs: && echo $v; done </proc/1/status")).toBe("1");
    expect(await read("while read k v; do test $k = Uid: && echo $v; done </proc/1/status")).toContain(
      "42425",
    );
    expect(await read("echo $GREETING")).toBe("hello = world");
    expect(await read("while read l; do echo $l; done </proc/1/limits")).toContain(
      "Max open files 1000 2000",
    );
    expect((await engine.exec(a, ["touch", "/x"], { user: "0" })).stderr).toContain("Read-only file system");
    expect((await engine.exec(a, ["touch", "/run/x", "/volume/x"], { user: "0" })).exitCode).toBe(0);
    expect((await engine.exec(a, ["touch", "/host-etc/x"], { user: "0" })).exitCode).toBe(1);

    const found = await engine.inspect(a);
    expect(found).toMatchObject({
      name: a,
      image: IMAGE,
      state: "running",
      user: "42425:42425",
      restarts: 0,
    });
    expect(found?.imageId).toBe(await engine.imageId(IMAGE));
    expect(found?.mounts).toContainEqual(
      expect.objectContaining({ volume: VOLUME, target: "/volume", readOnly: false }),
    );
  });

  it("holds a container to the limits of its specification", async () => {
    const limits = { memory: 64 * 2 ** 20, cpuShares: 512, cpusetCpus: "0" };
    await engine.remove(b, { force: true });
    await engine.create(idle(b, { limits }));
    await engine.start(b);
    // One file a limit with cgroups of version 1, another with version 2.
    const script =
      "cd /sys/fs/cgroup; cat memory.max 2>/dev/null || cat memory/memory.limit_in_bytes; " +
      "cat cpuset.cpus 2>/dev/null || cat cpuset/cpuset.cpus; " +
      "cat cpu.weight 2>/dev/null || cat cpu/cpu.shares";
    const [memory, cpus, shares] = (await engine.exec(b, ["sh", "-c", script])).stdout.trim().split("\n");
    expect([memory, cpus]).toEqual([String(limits.memory), "0"]);
    // 512 shares are half of the usual weight; engines round it differently.
    expect(Number(shares)).toBeLessThan((await engine.version()).cgroupVersion === 1 ? 513 : 100);
    await engine.remove(b, { force: true });
  });

  it("keeps standard output, standard error and exit code of a command apart", async () => {
    const result = await engine.exec(a, ["sh", "-c", "echo out; echo err >&2; exit 3"]);
    expect(result).toEqual({ exitCode: 3, stdout: "out\n", stderr: "err\n", timedOut: false });
  });

  it("gives a command its standard input and environment, and closes the input", async () => {
    const big = "x".repeat(300_000);
    expect((await engine.exec(a, ["wc", "-c"], { stdin: big })).stdout.trim()).toBe("300000");
    expect((await engine.exec(a, ["sh", "-c", "echo $COLOUR"], { env: { COLOUR: "red" } })).stdout).toBe(
      "red\n",
    );
  });

  it("gives up on a command that takes too long, with what it wrote until then", async () => {
    const result = await engine.exec(a, ["sh", "-c", "echo begun; sleep 5"], { timeoutSeconds: 1 });
    expect(result).toEqual({ exitCode: -1, stdout: "begun\n", stderr: "", timedOut: true });
  });

  it("reports health and the output of the health check", async () => {
    await expect.poll(async () => (await engine.inspect(a))?.health, { timeout: 15_000 }).toBe("healthy");
    await engine.create(
      idle(c, {
        health: {
          test: ["CMD-SHELL", "echo not yet; exit 1"],
          interval: 1,
          timeout: 5,
          startPeriod: 0,
          retries: 1,
        },
      }),
    );
    await engine.start(c);
    await expect.poll(async () => (await engine.inspect(c))?.health, { timeout: 15_000 }).toBe("unhealthy");
    expect((await engine.inspect(c))?.healthLog[0]).toMatchObject({ exitCode: 1, output: "not yet\n" });
  }, 40_000);

  it("renames, stops and starts again", async () => {
    await engine.rename(a, b);
    expect(await engine.inspect(a)).toBeUndefined();
    await engine.stop(b, 1);
    expect((await engine.inspect(b))?.state).toBe("exited");
    await engine.stop(b, 1);
    await engine.start(b);
    await engine.start(b);
    expect((await engine.containers()).find(({ name }) => name === b)).toMatchObject({
      image: IMAGE,
      state: "running",
      labels: { kolla_engine_test: "yes" },
    });
  });

  it("waits for the end of a container and reads its lines", async () => {
    await engine.remove(c, { force: true });
    await engine.create(idle(c, { command: ["sh", "-c", "echo one; echo two >&2; echo three; exit 7"] }));
    await engine.start(c);
    expect(await engine.wait(c)).toBe(7);
    expect((await engine.logs(c)).sort()).toEqual(["one", "three", "two"]);
    expect(await engine.logs(c, { tail: 1 })).toHaveLength(1);
    expect(await engine.logs(c, { since: new Date(Date.now() + 60_000) })).toEqual([]);
    expect((await engine.containers()).map(({ name }) => name)).not.toContain(c);
    expect((await engine.containers(true)).map(({ name }) => name)).toContain(c);
  });

  it("knows volumes with their labels", async () => {
    expect(await engine.volumes.inspect(VOLUME)).toMatchObject({ name: VOLUME, labels: { purpose: "test" } });
    expect((await engine.volumes.list()).map(({ name }) => name)).toContain(VOLUME);
    await expect(engine.volumes.remove(VOLUME)).rejects.toMatchObject({ code: "KOLLA_ENGINE_CONFLICT" });
    expect(await engine.volumes.inspect("kolla-engine-test-none")).toBeUndefined();
  });

  it("tags, lists and removes images", async () => {
    await engine.tag(IMAGE, "kolla-engine-test/other:2");
    const id = await engine.imageId(IMAGE);
    expect(await engine.imageId("kolla-engine-test/other:2")).toBe(id);
    expect((await engine.images()).find((image) => image.id === id)?.references.toSorted()).toEqual([
      IMAGE,
      "kolla-engine-test/other:2",
    ]);
    expect(await engine.inspectImage(IMAGE)).toMatchObject({ command: ["sleep", "600"], layers: 1 });
    await engine.removeImage("kolla-engine-test/other:2");
    await engine.removeImage("kolla-engine-test/other:2");
    expect(await engine.imageId("kolla-engine-test/other:2")).toBeUndefined();
  });

  it("throws when a pull or a push fails, although the engine answered 200 or 404", async () => {
    await expect(engine.pull("127.0.0.1:1/kolla/none:1")).rejects.toMatchObject({
      message: expect.stringContaining("refused to pull 127.0.0.1:1/kolla/none:1"),
    });
    await engine.tag(IMAGE, "127.0.0.1:1/kolla/none:1");
    await expect(engine.push("127.0.0.1:1/kolla/none:1")).rejects.toMatchObject({
      code: "KOLLA_ENGINE_REQUEST",
    });
    await engine.removeImage("127.0.0.1:1/kolla/none:1");
  }, 60_000);

  it("says in the engine's words what it refuses", async () => {
    await expect(engine.start("kolla-engine-test-none")).rejects.toMatchObject({
      code: "KOLLA_ENGINE_NOT_FOUND",
      message: expect.stringContaining("No such container: kolla-engine-test-none"),
    });
    await expect(engine.create(idle(b))).rejects.toMatchObject({ code: "KOLLA_ENGINE_CONFLICT" });
    await expect(engine.create(idle(c, { image: "kolla-engine-test/none:1" }), "x-y")).rejects.toMatchObject({
      code: "KOLLA_ENGINE_NOT_FOUND",
    });
    await expect(
      engine.create(idle("kolla-engine-test-d", { capabilities: ["NONSENSE"] })),
    ).rejects.toMatchObject({ code: "KOLLA_ENGINE_REQUEST" });
  });
});

describe("an engine that is not there or goes away", () => {
  let folder = "";
  let server: Server | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kolla-engine-"));
  });
  afterAll(async () => {
    server?.close();
    await rm(folder, { recursive: true });
  });

  it("is reported as unreachable, with how to start it", async () => {
    await expect(connect(join(folder, "none.sock")).containers()).rejects.toMatchObject({
      code: "KOLLA_ENGINE_UNREACHABLE",
      hint: expect.stringContaining("systemctl start docker"),
    });
  });

  it("is reported as gone when it dies while it answers", async () => {
    const socket = join(folder, "dying.sock");
    server = createServer((request, response) => {
      if (request.url === "/_ping") return void response.setHeader("Api-Version", "1.41").end("OK");
      response.write('{"status":"Downloading"}\n', () => response.destroy());
    });
    await new Promise<void>((resolve) => server?.listen(socket, resolve));
    const engine = connect(socket);
    await expect(engine.pull("kolla/base:1")).rejects.toMatchObject({ code: "KOLLA_ENGINE_GONE" });
    await expect(engine.containers()).rejects.toMatchObject({ code: "KOLLA_ENGINE_GONE" });
    await expect(engine.exec("x", ["true"])).rejects.toMatchObject({ code: "KOLLA_ENGINE_GONE" });
  });
});
