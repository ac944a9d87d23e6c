import { join } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { stopwatch } from "#support";
import { BASE_IMAGE, BuildWorld, statuses } from "./build-world.ts";
import { canHaveOwnEngine, OwnDisk, OwnEngine } from "./own-engine.ts";
import { importBusybox } from "./world.ts";

const possible = canHaveOwnEngine();
const DISK_MEGABYTES = 256;
/** An image that takes so many megabytes. */
const takes = (megabytes: number): string =>
  `RUN echo filling && busybox dd if=/dev/zero of=/big bs=1M count=${megabytes}\n`;

describe.skipIf(!possible)("a build on an engine that breaks", { timeout: 120_000 }, () => {
  let own: OwnEngine;
  let world: BuildWorld;

  beforeAll(async () => {
    own = await OwnEngine.make(DISK_MEGABYTES);
    await importBusybox(own.engine, `${BASE_IMAGE}:1`);
  }, 60_000);
  afterAll(() => own?.remove());
  afterEach(() => world.remove());
  beforeEach(async () => {
    if (!(await own.answers())) await own.start();
  });

  const make = async (templates: Readonly<Record<string, string>>): Promise<void> => {
    world = await BuildWorld.make(templates, { engine: own.engine });
  };

  it("tells a full disk once, starts nothing more, keeps what was built, and goes on when there is room", async () => {
    await make({
      big: takes(60),
      huge: takes(61),
      "big-child": "{# from: big #}\nRUN true\n",
      "huge-child": "{# from: huge #}\nRUN true\n",
      late: "RUN true\n",
    });
    const makeRoom = own.fill(40);
    const full = await world.build();
    expect(full.succeeded).toBe(false);
    expect(full.stopped).toMatchObject({
      code: "KOLLA_ENGINE_NO_SPACE",
      message: expect.stringMatching(
        new RegExp(`^The container engine's disk is full: ${own.enginesRoot} has \\d+ MB of \\d+ MB free`),
      ),
      hint: expect.stringMatching(/docker system df.*docker builder prune.*run the same command again/),
    });
    const [failed, ...others] = world.failures();
    expect(others).toEqual([]);
    expect(failed).toMatchObject({
      image: expect.stringMatching(/^(big|huge)$/),
      code: "KOLLA_BUILD_STEP",
      message: expect.stringContaining("busybox dd if=/dev/zero of=/big bs=1M"),
      log: expect.arrayContaining([expect.stringContaining("No space left on device")]),
    });
    const { base, [failed?.image ?? ""]: culprit, ...rest } = statuses(full);
    expect([base, culprit]).toEqual(["built", "error"]);
    expect(Object.values(rest)).toEqual(Array(4).fill("unprocessed"));
    expect(world.events.filter(({ event }) => event === "retry")).toEqual([]);

    makeRoom();
    const second = await world.build();
    expect(second.succeeded).toBe(true);
    expect(statuses(second).base).toBe("present");
    expect(Object.values(statuses(second)).filter((status) => status === "built")).toHaveLength(5);
  });

  it("tells a full disk on which the build contexts are written in the same way", async () => {
    await make({ tool: "RUN true\n" });
    const small = new OwnDisk(2);
    const before = process.env.TMPDIR;
    process.env.TMPDIR = small.directory;
    try {
      await world.put("docker/tool/tool/file", "x".repeat(3_000_000));
      const full = await world.build();
      expect(full.stopped).toMatchObject({
        code: "KOLLA_DISK_FULL",
        message: expect.stringMatching(
          new RegExp(
            `^The disk is full: the build context of tool could not be written. ${small.directory}\\S* has \\d+ MB of`,
          ),
        ),
        hint: expect.stringContaining(`du -xh ${small.directory}`),
      });
      expect(statuses(full)).toEqual({ base: "built", tool: "unprocessed" });
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
      await small.remove();
    }
    expect(statuses(await world.build())).toEqual({ base: "present", tool: "built" });
  });

  it("ends at once when the engine is killed in the middle of an image, and the next run builds the rest", async () => {
    await make({
      slow: "RUN echo begun && sleep 60\n",
      slower: "RUN echo begun && sleep 61\n",
      late: "{# from: slow #}\nRUN true\n",
    });
    let killed: (() => number) | undefined;
    const broken = await world.build({}, (event) => {
      if (event.event !== "output" || event.line !== "begun" || killed) return;
      killed = stopwatch();
      void own.kill();
    });
    expect(killed?.()).toBeLessThan(15);
    expect(broken.stopped).toMatchObject({
      code: "KOLLA_ENGINE_GONE",
      message: `The container engine at ${own.socketPath} went away while it built`,
      hint: expect.stringMatching(/journalctl -u docker.*systemctl start docker.*run the same command again/),
    });
    expect(broken.succeeded).toBe(false);
    expect(statuses(broken)).toEqual({
      base: "built",
      slow: "unprocessed",
      slower: "unprocessed",
      late: "unprocessed",
    });
    expect(world.events.filter(({ event }) => event === "retry" || event === "failed")).toEqual([]);

    await own.start();
    for (const name of ["slow", "slower"]) await world.template(name, "RUN true\n");
    expect(statuses(await world.build())).toEqual({
      base: "present",
      slow: "built",
      slower: "built",
      late: "built",
    });
  });

  it("says the same when the engine is killed between two images, and never builds one twice", async () => {
    await make({ tool: "RUN true\n", "tool-child": "{# from: tool #}\nRUN true\n" });
    const broken = await world.build({ threads: "1" }, (event) => {
      if (event.event === "built" && event.image === "tool") void own.kill();
    });
    expect(broken.stopped?.code).toBe("KOLLA_ENGINE_GONE");
    expect(statuses(broken)).toEqual({ base: "built", tool: "built", "tool-child": "unprocessed" });
    await own.start();
    expect(statuses(await world.build())).toEqual({
      base: "present",
      tool: "present",
      "tool-child": "built",
    });
  });

  it("says the same when the engine is killed as it gives an image its name", async () => {
    await make({ tool: "RUN true\n", "tool-child": "{# from: tool #}\nRUN true\n" });
    const broken = await world.build({ threads: "1" }, (event) => {
      if (event.event === "output" && event.image === "tool" && event.line === "exporting to image")
        void own.kill();
    });
    expect(broken.stopped?.code).toBe("KOLLA_ENGINE_GONE");
    expect(statuses(broken)["tool-child"]).toBe("unprocessed");
    await own.start();
    const second = await world.build();
    expect(second.succeeded).toBe(true);
    expect(statuses(second)).toMatchObject({ base: "present", "tool-child": "built" });
    expect(statuses(await world.build())).toEqual({
      base: "present",
      tool: "present",
      "tool-child": "present",
    });
  });

  it("is refused by a name when the engine is not there at all", async () => {
    await make({ tool: "RUN true\n" });
    await own.kill();
    await expect(world.build()).rejects.toMatchObject({
      code: "KOLLA_ENGINE_UNREACHABLE",
      hint: expect.stringContaining("systemctl start docker"),
    });
  });

  it("shows an operator the cause on one screen, and ends with exit code 1", async () => {
    await make({
      big: `RUN echo begin\n${takes(60)}`,
      ...Object.fromEntries(
        Array.from({ length: 50 }, (_, n) => [`child-${n}`, "{# from: big #}\nRUN true\n"]),
      ),
    });
    const makeRoom = own.fill(40);
    const words = ["--docker-dir", join(world.root, "docker"), "--base-image", BASE_IMAGE, "--base-tag", "1"];
    const build = () =>
      execa(
        join(import.meta.dirname, "../../tools/kolla"),
        ["build", "^big$", "^child-", "--nopull", ...words],
        {
          reject: false,
          env: { DOCKER_HOST: `unix://${own.socketPath}`, XDG_CACHE_HOME: world.root },
        },
      );
    try {
      const { exitCode, stderr } = await build();
      expect(exitCode).toBe(1);
      const screen = stderr
        .split("\n")
        .slice(stderr.split("\n").findIndex((line) => line.startsWith("FAIL")));
      expect(screen.length).toBeLessThanOrEqual(39);
      expect(screen[0]).toBe("FAIL  big: exit code: 1 (KOLLA_BUILD_STEP)");
      expect(screen[1]).toBe(`  ${join(world.root, "docker/tool/big/Dockerfile.j2")}:2`);
      expect(screen).toContain("  RUN echo filling && busybox dd if=/dev/zero of=/big bs=1M count=60");
      expect(screen.join("\n")).toMatch(/\| .*No space left on device/);
      expect(screen.join("\n")).toMatch(/STOP {2}The container engine's disk is full: .*docker system df/s);
      expect(screen.at(-2)).toMatch(/child-\d+ and \d+ more$/);
      expect(screen.at(-1)).toMatch(/^1 built, 0 present already, 1 failed, \d+ left, in /);
    } finally {
      makeRoom();
    }
    expect(await build()).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining("51 built, 1 present"),
    });
  });
});
