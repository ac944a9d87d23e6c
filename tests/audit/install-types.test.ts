import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { type AnyService, type ContainerDeclaration, INSTALL_TYPES, OPENSTACK_BASE } from "#model";
import { projects } from "../../docker/index.generated.ts";
import { releases } from "../../releases/index.ts";
import { services } from "../../services/index.generated.ts";
import { descendantsOf, loadTree, resolveBuildOptions, type Tree } from "../../src/build/index.ts";

const root = resolve(import.meta.dirname, "../..");
const load = (install_type: string): Promise<Tree> =>
  loadTree(resolveBuildOptions({ root, flags: { install_type } }), projects);
const typed = descendantsOf(await load("binary"), OPENSTACK_BASE);

const imagesOf = ({ containers }: AnyService): string[] =>
  Object.entries(containers as Record<string, ContainerDeclaration>).map(
    ([name, { image }]) => image ?? name,
  );

test("a service has an install type exactly when it has an image with OpenStack", () => {
  const told = services.filter((service) => service.hasInstallType).map(({ name }) => name);
  const found = services.filter((service) => imagesOf(service).some((image) => typed.has(image)));
  expect(told).toEqual(found.map(({ name }) => name));
});

describe.each(Object.values(releases))("release $name", ({ name: release, projects: versions }) => {
  test.each(Object.entries(versions))("can build %s %s from source", (project, version) => {
    const declared = projects.find(({ name }) => name === project);
    const [[image, source] = []] = Object.entries(declared?.sources ?? {});
    expect(typed).toContain(image);
    const lock = join(root, "releases", release, `${project}.lock`);
    expect(existsSync(lock)).toBe(true);
    expect(readFileSync(lock, "utf8")).toContain(`\n${source?.pypi}==${version} \\\n`);
  });

  test("gives a service from source images from source only: its one tag is for all of them", () => {
    const fromSource = services.filter(({ name }) => versions[name] !== undefined);
    const others = fromSource.flatMap((service) => imagesOf(service).filter((image) => !typed.has(image)));
    expect(others).toEqual([]);
  });
});

test.each(INSTALL_TYPES)(
  "no image of install type %s has a compiler outside its build stages",
  async (type) => {
    const { images } = await load(type);
    const offenders = [...images.values()].filter(({ dockerfile }) => {
      const last = dockerfile.split(/^FROM /m).at(-1) ?? "";
      return /\b(build-essential|gcc|g\+\+|libc6-dev|python3-dev)\b/.test(last);
    });
    expect(offenders.map(({ name }) => name)).toEqual([]);
    expect([...images.values()].every(({ dockerfile }) => dockerfile.length > 0)).toBe(true);
  },
);
