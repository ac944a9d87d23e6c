import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Project } from "#model";
import { projects } from "../../docker/index.generated.ts";
import { digestOf } from "./digest.ts";
import { lockHead, lockOrigin } from "./lock-origin.ts";
import { materialsOf } from "./materials.ts";
import { resolveBuildOptions } from "./settings.ts";
import { type Image, loadTree, type Tree } from "./tree.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const KEYSTONE = projects.find(({ name }) => name === "keystone") as Project;

const settings = (flags: Record<string, string>) => resolveBuildOptions({ root: ROOT, flags });
const load = (flags: Record<string, string>): Promise<Tree> => loadTree(settings(flags), projects);

function imageOf(tree: Tree, name: string): Image {
  const image = tree.images.get(name);
  if (!image) throw new Error(`no ${name}`);
  return image;
}

describe("images of several releases", () => {
  it("have names that lie side by side in one engine", async () => {
    const names = async (flags: Record<string, string>): Promise<string[]> => {
      const tree = await load(flags);
      return ["cron", "keystone"].map((name) => imageOf(tree, name).reference);
    };
    expect(await names({})).toEqual([
      "kolla/cron:2025.1-debian-trixie",
      "kolla/keystone:2025.1-debian-trixie",
    ]);
    for (const release of ["2025.1", "2025.2", "2026.1", "2026.2"])
      expect(await names({ openstack_release: release, install_type: "source" })).toEqual([
        `kolla/cron:${release}-debian-trixie`,
        `kolla/keystone:${release}-debian-trixie-source`,
      ]);
  });

  it("that are the same but for their names are made once", async () => {
    const digests = async (flags: Record<string, string>): Promise<string[]> => {
      const tree = await load({ ...flags, install_type: "source" });
      return ["base", "cron", "openstack-base"].map((name) =>
        digestOf(
          { image: imageOf(tree, name), files: [], bases: {}, needs: {}, buildArguments: {}, platform: "" },
          tree,
        ),
      );
    };
    expect(await digests({ openstack_release: "2026.1" })).toEqual(await digests({}));
  });
});

describe("the lock in a build context", () => {
  let root = "";
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "kolla-releases-"));
  });
  afterEach(() => rm(root, { recursive: true }));

  /** The lock of Keystone in a release, as it was made for that release or another. */
  const putLock = async (release: string, madeFor = release): Promise<void> => {
    await mkdir(join(root, "releases", release), { recursive: true });
    const head = lockHead(lockOrigin(madeFor, "debian", KEYSTONE));
    await writeFile(join(root, "releases", release, "keystone.lock"), `${head}\n`);
  };
  const locks = async (flags: Record<string, string>): Promise<string[]> => {
    const image = imageOf(await load(flags), "keystone-base");
    const files = await materialsOf(image, { ...settings(flags), root });
    return files.filter(({ path }) => path.endsWith(".lock")).map(({ content }) => content.toString());
  };

  it("is that of the release, when sources are installed and only then", async () => {
    await putLock("2025.1");
    await putLock("2026.1");
    expect(await locks({ install_type: "source" })).toEqual([expect.stringContaining(" keystone==27.")]);
    expect(await locks({ install_type: "binary" })).toEqual([]);
    expect(await locks({ openstack_release: "2026.1" })).toEqual([expect.stringContaining(" keystone==29.")]);
  });

  it("that is missing is told with what makes it", async () => {
    await expect(locks({ openstack_release: "2026.2" })).rejects.toMatchObject({
      code: "KOLLA_BUILD_CONTEXT_MISSING",
      hint: "Make it: kolla lock 2026.2 keystone",
    });
  });

  it("that was made from something else than the release wants is refused", async () => {
    await putLock("2026.1", "2025.2");
    await expect(locks({ openstack_release: "2026.1" })).rejects.toMatchObject({
      code: "KOLLA_BUILD_LOCK_STALE",
      message: expect.stringMatching(/keystone\.lock was made from keystone==28\..* wants keystone==29\./),
      hint: "Make it: kolla lock 2026.1 keystone",
    });
  });
});
