import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { project } from "#model";
import { releases } from "../../releases/index.ts";
import { readConstraints, withoutProject } from "./constraints.ts";
import { type LockTold, makeLocks, requirementsOf } from "./lock.ts";
import { resolveBuildOptions } from "./settings.ts";

const version = releases["2025.1"]?.projects.keystone;
const EPOXY = { openstack_release: "2025.1", base: "debian" } as const;
const DECLARED = [
  project("keystone", { summary: "", profile: "main", sources: { "keystone-base": { pypi: "Keystone" } } }),
];

describe("what is to be locked", () => {
  it("is each project under its name on PyPI, in the release's version, with the drivers", () => {
    const keystone = {
      release: "2025.1",
      project: "keystone",
      pypi: "Keystone",
      version,
      requirements: [`Keystone==${version}`, ...(releases["2025.1"]?.drivers ?? [])],
      python: "3.13",
    };
    expect(requirementsOf(["keystone"], EPOXY, DECLARED)).toEqual([keystone]);
    const all = requirementsOf([], EPOXY, DECLARED);
    expect(all).toContainEqual(keystone);
    expect(all.map(({ project }) => project)).toEqual(Object.keys(releases["2025.1"]?.projects ?? {}));
  });

  it("is in each release a version of its own", () => {
    const asked = Object.keys(releases).map((openstack_release) => {
      const [keystone] = requirementsOf(["keystone"], { ...EPOXY, openstack_release }, DECLARED);
      return keystone?.version.split(".")[0];
    });
    expect(asked).toEqual(["27", "28", "29", "30"]);
  });

  it("is no project that the release has no source of, and the nearest is named", () => {
    const refusal = (name: string) => expect(() => requirementsOf([name], EPOXY, DECLARED));
    refusal("keystome").toThrow(expect.objectContaining({ hint: "Did you mean keystone?" }));
    refusal("nova").toThrow(
      expect.objectContaining({
        code: "KOLLA_LOCK_PROJECT",
        hint: expect.stringContaining("It has: keystone, "),
      }),
    );
  });
});

describe("upper constraints", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "kolla-constraints-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const file = async (text: string): Promise<string> => {
    const path = join(folder, "upper.txt");
    await writeFile(path, text);
    return path;
  };

  it("are a file's, and the project's own is left out of them", async () => {
    const text = await readConstraints(
      await file("Oslo.Log===7.1.0\nkey_stone===26.0.0\nkeystoneauth1===5.10\n"),
      "2025.1",
    );
    expect(withoutProject(text, "Key-Stone")).toBe("Oslo.Log===7.1.0\nkeystoneauth1===5.10\n");
  });

  it("that are missing or none are refused, with where to get them", async () => {
    const refusal = expect.objectContaining({
      code: "KOLLA_LOCK_CONSTRAINTS",
      message: expect.stringContaining(folder),
      hint: expect.stringContaining("stable/2025.1"),
    });
    await expect(readConstraints(join(folder, "none.txt"), "2025.1")).rejects.toEqual(refusal);
    await expect(readConstraints(await file("<html>\n===\n"), "2025.1")).rejects.toEqual(refusal);
  });
});

describe("making locks", () => {
  it("builds the image that requirements are resolved in from source, whatever is to be built otherwise", async () => {
    const folder = await mkdtemp(join(tmpdir(), "kolla-lock-test-"));
    const constraints = join(folder, "upper.txt");
    await writeFile(constraints, "oslo.log===7.1.0\n");
    const told: LockTold[] = [];
    const request = {
      constraints,
      // There is no template below it: nothing is built here.
      settings: resolveBuildOptions({ root: folder, regexes: ["nova"], flags: { install_type: "binary" } }),
      declared: DECLARED,
      tell: (one: LockTold) => told.push(one),
    };
    await expect(makeLocks({ ...request, projects: ["nova"] })).rejects.toThrow(
      expect.objectContaining({ code: "KOLLA_LOCK_PROJECT" }),
    );
    expect(told).toEqual([]);
    await expect(makeLocks({ ...request, projects: ["keystone"] })).rejects.toThrow("docker");
    const settings = { install_type: "source", regexes: ["^openstack-base$"], summary: false };
    expect(told).toEqual([{ event: "building", settings: expect.objectContaining(settings) }]);
    await rm(folder, { recursive: true });
  });
});
