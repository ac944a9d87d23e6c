import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LABEL, project } from "#model";
import { fetchImages } from "../../src/agent/fetch-images.ts";
import { pullImage } from "../../src/agent/image.ts";
import { type BuildSummary, resolveBuildOptions, runBuild } from "../../src/build/index.ts";
import { connect } from "../../src/engine/index.ts";
import { freePort } from "./free-port.ts";
import { engineAnswers, importBusybox } from "./world.ts";

const engine = connect();
const NAMESPACE = "kolla-registry-test";
const PROJECTS = [project("base", { summary: "", profile: "infra" })];
const NOTHING_KNOWN = { seconds: () => 1, learn: async () => undefined };

let folder = "";
let registry = "";
let server: ChildProcess | undefined;

/** Debian's docker-registry on a free port of the loopback address, which engines take without TLS. */
async function startRegistry(): Promise<void> {
  const port = await freePort();
  registry = `127.0.0.1:${port}`;
  const config = { version: 0.1, storage: { filesystem: { rootdirectory: join(folder, "registry") } } };
  await writeFile(join(folder, "config.yml"), JSON.stringify({ ...config, http: { addr: registry } }));
  server = spawn("docker-registry", ["serve", join(folder, "config.yml")], { stdio: "ignore" });
  for (let tries = 0; tries < 50; tries++) {
    if (await fetch(`http://${registry}/v2/`).catch(() => undefined)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("the registry does not answer");
}

function build(): Promise<BuildSummary> {
  const settings = resolveBuildOptions({
    root: folder,
    flags: {
      registry,
      namespace: NAMESPACE,
      base_image: `${NAMESPACE}/busybox`,
      base_tag: "1",
      tag: "1",
      pull: "false",
      push: "true",
      retries: "0",
    },
  });
  return runBuild(settings, PROJECTS, () => undefined, undefined, { estimates: NOTHING_KNOWN });
}

async function removeImages(): Promise<void> {
  for (const { references } of await engine.images())
    for (const one of references)
      if (one.includes(`${NAMESPACE}/`)) await engine.removeImage(one, { force: true });
}

describe.skipIf(!(await engineAnswers()))("images and a registry", { timeout: 120_000 }, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kolla-registry-test-"));
    await mkdir(join(folder, "docker/base/base"), { recursive: true });
    await writeFile(join(folder, "package.json"), '{"version": "0"}');
    await writeFile(join(folder, "docker/macros.j2"), "");
    await writeFile(
      join(folder, "docker/base/base/Dockerfile.j2"),
      `FROM {{ base_image }}:{{ base_distro_tag }}\nRUN echo ${folder} > /made\n`,
    );
    await importBusybox(engine, `${NAMESPACE}/busybox:1`);
    await startRegistry();
  });
  afterAll(async () => {
    server?.kill();
    await removeImages();
    await rm(folder, { recursive: true });
  });

  it("are sent once built, and a host gets the same one", async () => {
    const summary = await build();
    expect(summary.succeeded).toBe(true);
    const [image] = summary.images;
    expect(image).toMatchObject({ status: "built", pushed: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    const reference = `${registry}/${NAMESPACE}/base:1`;
    const id = await engine.imageId(reference);
    await engine.removeImage(reference, { force: true });
    await pullImage({ host: "here", root: folder, engine }, reference);
    expect(await engine.imageId(reference)).toBe(id);
    expect((await engine.inspectImage(reference))?.labels[LABEL.digest]).toBe(image?.digest);
  });

  it("come back to a host that lost them, each with its id; one that cannot be had is an answer, too", async () => {
    const [reference, none] = [`${registry}/${NAMESPACE}/base:1`, `${registry}/${NAMESPACE}/none:1`];
    const id = await engine.imageId(reference);
    await engine.removeImage(reference, { force: true });
    const images = [reference, none];
    expect(await fetchImages({ host: "here", root: folder, engine }, { images })).toEqual({
      [reference]: { id },
      [none]: { problem: expect.stringContaining("none") },
    });
  });

  it("are not built again when they came from the registry", async () => {
    expect((await build()).images).toMatchObject([{ status: "present", pushed: expect.any(String) }]);
  });

  it("are told apart from images that could not be sent", async () => {
    server?.kill("SIGKILL");
    await new Promise((resolve) => server?.once("exit", resolve));
    const summary = await build();
    expect(summary.succeeded).toBe(false);
    expect(summary.images).toMatchObject([{ status: "push_error" }]);
  });
});
