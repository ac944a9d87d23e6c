import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BuildEvent, LABEL, project } from "#model";
import { type BuildSummary, resolveBuildOptions, runBuild } from "../../src/build/index.ts";
import { connect } from "../../src/engine/index.ts";
import { engineAnswers, idle, importBusybox } from "./world.ts";

const engine = connect();
const there = await engineAnswers();

const NAMESPACE = "kolla-build-test";
const PROJECTS = ["base", "tool"].map((name) => project(name, { summary: "", profile: "infra" }));
/** What this test's images take is nothing to learn from. */
const NOTHING_KNOWN = { seconds: () => 1, learn: async () => undefined };
const SECRET = "-----BEGIN CERTIFICATE-----very-secret-";
const FILES = {
  "package.json": '{"version": "0"}',
  "docker/macros.j2": "",
  "docker/base/base/Dockerfile.j2":
    "FROM {{ base_image }}:{{ base_distro_tag }}\nCOPY start /start\nRUN echo base > /base\n",
  "docker/base/base/start": "#!/bin/sh\n",
  "docker/tool/tool/Dockerfile.j2":
    "RUN --mount=type=secret,id=extra_ca,target=/run/secrets/extra_ca.crt,required=false test -s /run/secrets/extra_ca.crt && wc -c </run/secrets/extra_ca.crt > /secret-size\n",
  "docker/tool/tool/extend_start.sh": "echo started\n",
};

let root = "";
let events: BuildEvent[] = [];

const put = async (name: string, content: string): Promise<void> => {
  const path = join(root, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
};

function run(flags: Record<string, string> = {}, regexes: string[] = []): Promise<BuildSummary> {
  events = [];
  const settings = resolveBuildOptions({
    root,
    regexes,
    flags: {
      namespace: NAMESPACE,
      base_image: `${NAMESPACE}/busybox`,
      base_tag: "1",
      tag: "1",
      pull: "false",
      extra_ca: join(root, "ca.crt"),
      retries: "0",
      ...flags,
    },
  });
  return runBuild(settings, PROJECTS, (event) => events.push(event), undefined, { estimates: NOTHING_KNOWN });
}

const statuses = (summary: BuildSummary): Record<string, string> =>
  Object.fromEntries(summary.images.map(({ name, status }) => [name, status]));
const reference = (name: string): string => `${NAMESPACE}/${name}:1`;

async function inImage(name: string, script: string): Promise<string> {
  const container = "kolla-build-test-look";
  await engine.remove(container, { force: true });
  await engine.create(
    idle(container, { image: reference(name), command: ["sleep", "60"], capabilities: ["DAC_OVERRIDE"] }),
  );
  try {
    await engine.start(container);
    const { stdout, stderr } = await engine.exec(container, ["sh", "-c", script]);
    return stdout + stderr;
  } finally {
    await engine.remove(container, { force: true });
  }
}

async function removeImages(): Promise<void> {
  for (const { references } of await engine.images())
    for (const one of references)
      if (one.includes(`${NAMESPACE}/`)) await engine.removeImage(one, { force: true });
}

describe.skipIf(!there)("a build with a real engine", { timeout: 120_000 }, () => {
  beforeAll(async () => {
    await removeImages();
    await importBusybox(engine, `${NAMESPACE}/busybox:1`);
  });
  afterAll(removeImages);
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "kolla-build-test-"));
    for (const [name, content] of Object.entries(FILES)) await put(name, content);
    await put("ca.crt", `${SECRET}${root}\n`);
    // A step of an earlier run of this test must not be found again.
    await put("docker/base/base/start", `#!/bin/sh\n# ${root}\n`);
  });
  afterEach(() => rm(root, { recursive: true }));

  it("builds parents before children, and builds nothing the second time", async () => {
    const first = await run();
    expect(first.succeeded).toBe(true);
    expect(statuses(first)).toEqual({ base: "built", tool: "built" });
    expect(
      events.filter(({ event }) => event === "built").map((event) => "image" in event && event.image),
    ).toEqual(["base", "tool"]);
    expect((await engine.inspectImage(reference("tool")))?.labels).toMatchObject({
      [LABEL.digest]: first.images.find(({ name }) => name === "tool")?.digest,
      name: "tool",
    });
    const id = await engine.imageId(reference("tool"));

    const second = await run();
    expect(statuses(second)).toEqual({ base: "present", tool: "present" });
    expect(events.map(({ event }) => event)).toEqual(["planned"]);
    expect(await engine.imageId(reference("tool"))).toBe(id);
  });

  it("gives an image that is there another name, as for a registry, and builds nothing", async () => {
    await run();
    const other = await run({ registry: "registry.example:5000" });
    expect(statuses(other)).toEqual({ base: "present", tool: "present" });
    for (const name of ["base", "tool"])
      expect(await engine.imageId(`registry.example:5000/${reference(name)}`)).toBe(
        await engine.imageId(reference(name)),
      );
  });

  it("builds again exactly what a change touches", async () => {
    await run();
    await put("docker/tool/tool/extend_start.sh", "echo changed\n");
    expect(statuses(await run())).toEqual({ base: "present", tool: "built" });
    expect(await inImage("tool", "/usr/local/bin/kolla_extend_start")).toBe("changed\n");
    await put("docker/base/base/start", `#!/bin/sh\n# changed ${root}\n`);
    expect(statuses(await run())).toEqual({ base: "built", tool: "built" });
  });

  it("skips exactly the descendants of an image that fails, and shows the command with its last lines", async () => {
    await put("docker/tool/tool-base/Dockerfile.j2", "RUN exec >&2; echo before; echo last words; exit 3\n");
    await put("docker/tool/tool-child/Dockerfile.j2", "RUN true\n");
    await put("docker/base/other/Dockerfile.j2", "RUN true\n");
    const summary = await run();
    expect(summary.succeeded).toBe(false);
    expect(statuses(summary)).toEqual({
      base: "built",
      other: "built",
      "tool-base": "error",
      tool: "parent_error",
      "tool-child": "parent_error",
    });
    expect(events.find(({ event }) => event === "failed")).toMatchObject({
      image: "tool-base",
      message: expect.stringMatching(/RUN exec >&2; echo before; echo last words; exit 3\nexit code: 3$/),
      log: ["before", "last words"],
    });
    expect(events.filter(({ event }) => event === "skipped")).toMatchObject([
      { image: "tool", because: "tool-base failed" },
      { image: "tool-child", because: "tool-base failed" },
    ]);
  });

  it("gives a step the certificate authority and leaves no trace of it in the image", async () => {
    await run();
    expect(Number(await inImage("tool", "cat /secret-size"))).toBeGreaterThan(SECRET.length);
    const details = await engine.inspectImage(reference("tool"));
    expect(JSON.stringify(details)).not.toContain(SECRET);
    expect(await inImage("tool", "cat /run/secrets/extra_ca.crt")).not.toContain(SECRET);
  });

  it("says what was interrupted", async () => {
    await put("docker/tool/tool/Dockerfile.j2", `RUN echo ${root}; sleep 30\n`);
    const controller = new AbortController();
    const settings = resolveBuildOptions({
      root,
      flags: {
        namespace: NAMESPACE,
        base_image: `${NAMESPACE}/busybox`,
        base_tag: "1",
        tag: "1",
        pull: "false",
      },
    });
    const summary = await runBuild(
      settings,
      PROJECTS,
      (event) => {
        if (event.event === "started" && event.image === "tool") controller.abort(new Error("interrupted"));
      },
      controller.signal,
      { estimates: NOTHING_KNOWN },
    );
    expect(summary.stopped).toMatchObject({
      code: "KOLLA_BUILD_INTERRUPTED",
      message: "the build was interrupted",
    });
    expect(statuses(summary)).toEqual({ base: "built", tool: "unprocessed" });
    expect(summary.succeeded).toBe(false);
  });

  it("ends at once when a needed base image is nowhere", async () => {
    await put("docker/base/base/Dockerfile.j2", `FROM 127.0.0.1:1/${NAMESPACE}/none:1\n`);
    await expect(run()).rejects.toMatchObject({ code: expect.stringMatching(/^KOLLA_ENGINE_/) });
  });
});
