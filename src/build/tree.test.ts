import { chmod, cp, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { project } from "#model";
import { writeContext } from "./context.ts";
import { digestOf } from "./digest.ts";
import { dependencyDot, dependencyTree, listImages } from "./listing.ts";
import { materialsOf } from "./materials.ts";
import { selectImages } from "./select.ts";
import { type BuildSettings, resolveBuildOptions } from "./settings.ts";
import { chosenTree, writeTemplates } from "./templates-only.ts";
import { loadTree, refuseBroken, type Tree } from "./tree.ts";

const PROJECTS = [
  project("base", { summary: "", profile: "base" }),
  project("openstack-base", { summary: "", profile: "base" }),
  project("keystone", {
    summary: "",
    profile: "main",
    user: { name: "keystone", id: 42425 },
    sources: { "keystone-base": { pypi: "keystone" } },
  }),
  project("cron", { summary: "", profile: "infra" }),
  project("agent", { summary: "", profile: "infra", context: { agent: { "agent.js": "dist/agent.js" } } }),
];

const FILES = {
  "package.json": '{"version": "1.2.3"}',
  "docker/macros.j2":
    '{% macro install(list) %}RUN install {{ list | join(" ") }}{% endmacro %}{% macro who(name) %}{{ users[name].uid }}{% endmacro %}',
  "docker/base/base/Dockerfile.j2": "FROM {{ base_image }}:{{ base_distro_tag }}\nRUN base\n",
  "docker/openstack-base/openstack-base/Dockerfile.j2": "RUN openstack\n",
  "docker/keystone/keystone-base/Dockerfile.j2":
    '{# from: openstack-base #}\n{% set packages = ["a", "b"] %}\n{{ macros.install(packages | customizable("packages")) }}\nUSER {{ macros.who("keystone") }}\n',
  "docker/keystone/keystone-base/extend_start.sh": "echo base\n",
  "docker/keystone/keystone/Dockerfile.j2":
    "{% block keystone_stages %}\nFROM {{ namespace }}/{{ image_prefix }}cron:{{ tag }} AS build\n{% endblock %}\nCOPY --from=build /a /a\nCOPY x y/z /\n",
  "docker/keystone/keystone/extend_start.sh": "echo leaf\n",
  "docker/keystone/keystone/x": "x",
  "docker/keystone/keystone/y/z": "z",
  "docker/cron/cron/Dockerfile.j2": "RUN cron\n",
  "docker/agent/agent/Dockerfile.j2": "COPY agent.js /\n",
};

let root = "";
const settings = (flags: Record<string, string | string[]> = {}, regexes: string[] = []): BuildSettings =>
  resolveBuildOptions({ root, flags, regexes });
const load = (flags: Record<string, string | string[]> = {}): Promise<Tree> =>
  loadTree(settings(flags), PROJECTS);
const put = async (name: string, content: string): Promise<string> => {
  const path = join(root, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
};

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kolla-tree-"));
  for (const [name, content] of Object.entries(FILES)) await put(name, content);
});
afterEach(() => rm(root, { recursive: true }));

describe("the tree of images", () => {
  it("links each image to its parent, and to what its stages use", async () => {
    const { images } = await load();
    expect([...images.values()].map(({ name, parent, needs }) => [name, parent, needs])).toEqual([
      ["base", undefined, []],
      ["agent", "base", ["base"]],
      ["cron", "base", ["base"]],
      ["openstack-base", "base", ["base"]],
      ["keystone-base", "openstack-base", ["openstack-base"]],
      ["keystone", "keystone-base", ["cron", "keystone-base"]],
    ]);
    expect(images.get("base")?.bases).toEqual(["debian:trixie"]);
  });

  it("renders a body with its rules, macros and accounts", async () => {
    const { images } = await load();
    expect(images.get("keystone-base")?.dockerfile).toBe(`FROM kolla/openstack-base:2025.1-debian-trixie
LABEL maintainer="Kolla Project (https://launchpad.net/kolla)" name="keystone-base"

RUN install a b
USER 42425
COPY --chmod=0755 extend_start.sh /usr/local/bin/kolla_extend_start
`);
    expect(images.get("keystone")?.dockerfile).toContain("/usr/local/bin/kolla_keystone_extend_start\n");
  });

  it("obeys operators' override files: lists, blocks and super()", async () => {
    const one = await put(
      "one.j2",
      '{% extends parent_template %}\n{% set keystone_base_packages_append = ["c"] %}{% set keystone_base_packages_remove = ["a"] %}\n{% block keystone_base_header %}RUN header{% endblock %}',
    );
    const two = await put(
      "two.j2",
      '{% extends parent_template %}\n{% block labels %}{{ super() }}LABEL more="{{ image_name }}"\n{% endblock %}',
    );
    const { images } = await load({ template_override: [one, two] });
    const { dockerfile = "" } = images.get("keystone-base") ?? {};
    expect(dockerfile).toContain("RUN install b c\n");
    expect(dockerfile).toContain("RUN header\n");
    expect(dockerfile).toContain('name="keystone-base"\nLABEL more="keystone-base"\n');
    expect(images.get("cron")?.dockerfile).not.toContain("header");
  });

  it("gives the tag of the install type to what holds OpenStack, wherever it is named, and to nothing else", async () => {
    await put(
      "docker/cron/late/Dockerfile.j2",
      "FROM {{ namespace }}/{{ image_prefix }}base:{{ tag }}\nCOPY --from={{ namespace }}/{{ image_prefix }}keystone:{{ tag }} /a /a\n",
    );
    const binary = await load({ tag: "t" });
    const source = await load({ tag: "t", install_type: "source" });
    const tags = (tree: Tree) =>
      Object.fromEntries(
        [...tree.images.values()].map(({ name, reference }) => [name, reference.split(":")[1]]),
      );
    const plain = { agent: "t", base: "t", cron: "t" };
    expect(tags(binary)).toEqual({
      ...plain,
      "openstack-base": "t",
      "keystone-base": "t",
      keystone: "t",
      late: "t",
    });
    expect(tags(source)).toEqual({
      ...plain,
      "openstack-base": "t-source",
      "keystone-base": "t-source",
      keystone: "t-source",
      late: "t-source",
    });
    const dockerfile = (name: string) => source.images.get(name)?.dockerfile ?? "";
    expect(dockerfile("openstack-base")).toMatch(/^FROM kolla\/base:t\n/);
    expect(dockerfile("keystone")).toMatch(
      /^FROM kolla\/cron:t AS build\n\n?FROM kolla\/keystone-base:t-source\n/,
    );
    expect(dockerfile("late")).toBe("FROM kolla/base:t\nCOPY --from=kolla/keystone:t-source /a /a\n");
    const same = (name: string) =>
      source.images.get(name)?.dockerfile === binary.images.get(name)?.dockerfile;
    expect(["agent", "base", "cron"].map(same)).toEqual([true, true, true]);
  });

  it("calls nothing a source install that the release has no source of", async () => {
    await put("docker/nova/nova-base/Dockerfile.j2", "{# from: openstack-base #}\nRUN nova\n");
    await put("docker/nova/nova-libvirt/Dockerfile.j2", "{# from: base #}\nRUN libvirt\n");
    await put("mine/mine/mine/Dockerfile.j2", "{# from: openstack-base #}\nRUN mine\n");
    const projects = [...PROJECTS, project("nova", { summary: "", profile: "main" })];
    const unbuildable = async (install_type: string) => {
      const flags = { install_type, docker_dir: [join(root, "mine")] };
      const { images } = await loadTree(settings(flags), projects);
      return [...images.values()].flatMap(({ name, unbuildable: because }) =>
        because ? [[name, because]] : [],
      );
    };
    expect(await unbuildable("binary")).toEqual([]);
    expect(await unbuildable("source")).toEqual([["nova-base", "release 2025.1 has no source of nova"]]);
  });

  it("replaces a whole list by _override", async () => {
    const path = await put(
      "o.j2",
      '{% extends parent_template %}{% set keystone_base_packages_override = ["only"] %}',
    );
    const { images } = await load({ template_override: [path] });
    expect(images.get("keystone-base")?.dockerfile).toContain("RUN install only\n");
  });

  it("lays an operator's own tree over ours", async () => {
    await put("mine/keystone/keystone/x", "changed");
    await put("mine/extra/extra/Dockerfile.j2", "RUN extra\n");
    const flags = { docker_dir: [join(root, "mine")] };
    const { images } = await load(flags);
    expect(images.get("extra")?.parent).toBe("base");
    const keystone = images.get("keystone");
    const files = keystone ? await materialsOf(keystone, settings(flags)) : [];
    expect(files.map(({ path, content }) => [path, content.toString()])).toEqual([
      ["extend_start.sh", "echo leaf\n"],
      ["x", "changed"],
      ["y/z", "z"],
    ]);
  });

  it("holds broken templates against those only who build them, all together", async () => {
    await put("docker/cron/cron/Dockerfile.j2", "{{ nonsense( }}");
    await put("docker/agent/agent/Dockerfile.j2", "{# from: bas #}\nRUN x");
    const tree = await load();
    expect(() => refuseBroken(tree, ["keystone-base"])).not.toThrow();
    expect(() => refuseBroken(tree, ["cron"])).toThrow();
    expect(() => refuseBroken(tree, ["cron", "agent"])).toThrow(
      /cron\/Dockerfile\.j2:1[\s\S]*The image agent stands on bas, which does not exist[\s\S]*Did you mean base\?/,
    );
  });

  it("is listed, drawn, and nested as kolla-build does", async () => {
    const tree = await load();
    expect(listImages(tree)).toEqual([
      "agent",
      "base",
      "cron",
      "keystone",
      "keystone-base",
      "openstack-base",
    ]);
    expect(dependencyTree(tree)).toEqual([
      { base: ["agent", "cron", { "openstack-base": [{ "keystone-base": ["keystone"] }] }] },
    ]);
    expect(dependencyDot(tree)).toContain('"cron" -> "keystone" [style=dotted];');
  });
});

describe("the digest of an image", () => {
  const digest = async (name = "keystone", flags: Record<string, string> = {}): Promise<string> => {
    const tree = await load(flags);
    const image = tree.images.get(name);
    if (!image) throw new Error(`no image ${name}`);
    const files = await materialsOf(image, settings(flags));
    const needs = { "keystone-base": "1", cron: "2" };
    return digestOf({ image, files, bases: {}, needs, buildArguments: {}, platform: "" }, tree);
  };

  it("does not change with times, owners, the order on disk, tag or namespace", async () => {
    const before = await digest();
    await utimes(join(root, "docker/keystone/keystone/x"), new Date(0), new Date(0));
    await chmod(join(root, "docker/keystone/keystone/x"), 0o600);
    await cp(join(root, "docker/keystone/keystone/x"), join(root, "x2"));
    await rm(join(root, "docker/keystone/keystone/x"));
    await cp(join(root, "x2"), join(root, "docker/keystone/keystone/x"));
    expect(await digest()).toBe(before);
    expect(await digest("keystone", { tag: "other", namespace: "other" })).toBe(before);
  });

  it("changes with a file's bytes, its name, whether it can be run, and the Dockerfile", async () => {
    const seen = [await digest()];
    await chmod(join(root, "docker/keystone/keystone/x"), 0o755);
    seen.push(await digest());
    await put("docker/keystone/keystone/x", "changed");
    seen.push(await digest());
    await put("docker/keystone/keystone/w", "");
    seen.push(await digest());
    await put("docker/keystone/keystone/Dockerfile.j2", "RUN other\n");
    seen.push(await digest());
    expect(new Set(seen).size).toBe(5);
  });

  it("changes with what the image stands on, and with arguments other than proxies", async () => {
    const tree = await load();
    const image = tree.images.get("cron");
    if (!image) throw new Error("no cron");
    const parts = { image, files: [], bases: {}, needs: { base: "1" }, buildArguments: {}, platform: "" };
    const before = digestOf(parts, tree);
    expect(digestOf({ ...parts, needs: { base: "2" } }, tree)).not.toBe(before);
    expect(digestOf({ ...parts, buildArguments: { A: "1" } }, tree)).not.toBe(before);
    expect(digestOf({ ...parts, platform: "linux/arm64" }, tree)).not.toBe(before);
    expect(digestOf({ ...parts, buildArguments: { https_proxy: "http://p" } }, tree)).toBe(before);
  });
});

describe("the context of a build", () => {
  it("is written with modes and times of its own", async () => {
    const folder = join(root, "context");
    await mkdir(folder);
    const files = [{ path: "a/b", executable: true, content: Buffer.from("1") }];
    await writeContext(folder, files, "FROM x\n");
    expect((await readdir(folder)).sort()).toEqual(["Dockerfile", "a"]);
    const modes = await Promise.all(["", "a", "a/b", "Dockerfile"].map((name) => stat(join(folder, name))));
    expect(modes.map(({ mode, mtimeMs }) => [(mode & 0o777).toString(8), mtimeMs])).toEqual([
      ["755", 0],
      ["755", 0],
      ["755", 0],
      ["644", 0],
    ]);
  });

  it("holds what the project's own build made, and says when that is missing", async () => {
    const tree = await load();
    const agent = tree.images.get("agent");
    if (!agent) throw new Error("no agent");
    await expect(materialsOf(agent, settings())).rejects.toMatchObject({
      code: "KOLLA_BUILD_CONTEXT_MISSING",
      hint: "Make it first: npm run build",
    });
    await put("dist/agent.js", "made");
    expect((await materialsOf(agent, settings())).map(({ path }) => path)).toEqual(["agent.js"]);
  });
});

describe("choosing images", () => {
  const choose = async (flags: Record<string, string>, regexes: string[] = [], present: string[] = []) =>
    selectImages(await load(), settings(flags, regexes), new Set(present));

  it("by expression adds all they stand on", async () => {
    const { wanted, notMatched } = await choose({}, ["^keystone-b"]);
    expect(wanted).toEqual(["base", "openstack-base", "keystone-base"]);
    expect(notMatched).toEqual(["agent", "cron", "keystone"]);
  });

  it("by profile takes the project's or the operator's own", async () => {
    expect((await choose({ profile: "infra" })).wanted).toEqual(["base", "agent", "cron"]);
    await expect(choose({ profile: "infre" })).rejects.toMatchObject({ hint: "Did you mean infra?" });
  });

  it("leaves out parents or images that are there, on request", async () => {
    const parents = await choose({ skip_parents: "true" }, ["^keystone$"]);
    expect(parents.wanted).toEqual(["keystone"]);
    expect(parents.skipped.map(({ name }) => name)).toEqual([
      "base",
      "cron",
      "openstack-base",
      "keystone-base",
    ]);
    expect((await choose({ skip_existing: "true" }, ["^cron$"], ["base"])).wanted).toEqual(["cron"]);
  });

  it("that match nothing names the nearest", async () => {
    await expect(choose({}, ["keystome"])).rejects.toMatchObject({
      code: "KOLLA_BUILD_NO_MATCH",
      hint: "Did you mean keystone?",
    });
  });

  it("leaves out what cannot be built here with all that stands on it", async () => {
    const projects = PROJECTS.map((one) =>
      one.name === "openstack-base"
        ? { ...one, unbuildable: [{ image: "openstack-base", on: "debian", because: "no package" }] }
        : one,
    );
    const tree = await loadTree(settings(), projects);
    expect(selectImages(tree, settings(), new Set()).unbuildable).toEqual([
      { name: "openstack-base", because: "no package" },
      { name: "keystone-base", because: "it stands on openstack-base" },
      { name: "keystone", because: "it stands on keystone-base" },
    ]);
    expect(selectImages(tree, settings({}, ["^cron$", "^keystone$"]), new Set())).toMatchObject({
      wanted: ["base", "cron"],
      notMatched: ["agent"],
      unbuildable: [{ name: "openstack-base" }, { name: "keystone-base" }, { name: "keystone" }],
    });
    expect(selectImages(tree, settings({}, ["^cron$"]), new Set()).unbuildable).toEqual([]);
    expect(() => selectImages(tree, settings({}, ["^keystone"]), new Set())).toThrow(
      /^keystone-base cannot be built here: it stands on openstack-base\nkeystone cannot be built here/,
    );
  });
});

describe("templates without a build", () => {
  it("are the contexts of the chosen images and of all they stand on, as kolla-build lays them out", async () => {
    await put("dist/agent.js", "agent");
    const work = join(root, "work");
    const written = await writeTemplates(settings({ work_dir: work }, ["^keystone$"]), PROJECTS);
    expect(written.directory).toBe(join(work, "docker"));
    expect(written.images.toSorted()).toEqual([
      "base",
      "cron",
      "keystone",
      "keystone-base",
      "openstack-base",
    ]);
    const files = await readdir(join(work, "docker"), { recursive: true });
    expect(files.filter((file) => file.startsWith("keystone/keystone/")).sort()).toEqual([
      "keystone/keystone/Dockerfile",
      "keystone/keystone/extend_start.sh",
      "keystone/keystone/x",
      "keystone/keystone/y",
      "keystone/keystone/y/z",
    ]);
    expect(files.some((file) => file.startsWith("agent"))).toBe(false);
  });

  it("are refused when one of them is broken", async () => {
    await put("docker/cron/cron/Dockerfile.j2", "{% if %}");
    await expect(writeTemplates(settings({}, ["cron"]), PROJECTS)).rejects.toThrow("unexpected end of tag");
  });

  it("lists and trees show only what was chosen", async () => {
    const chosen = chosenTree(await load(), settings({}, ["cron"]));
    expect(listImages(chosen)).toEqual(["base", "cron"]);
    expect(dependencyTree(chosen)).toEqual([{ base: ["cron"] }]);
  });
});
