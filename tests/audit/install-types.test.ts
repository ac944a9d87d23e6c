import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type AnyService,
  type ContainerDeclaration,
  INSTALL_TYPES,
  OPENSTACK_BASE,
  siteOptions,
} from "#model";
import { projects } from "../../docker/index.generated.ts";
import { releases } from "../../releases/index.ts";
import { services } from "../../services/index.generated.ts";
import { descendantsOf, loadTree, resolveBuildOptions, type Tree } from "../../src/build/index.ts";
import { lockOrigin, staleness } from "../../src/build/lock-origin.ts";

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

test("a site can be of the releases whose operators' files are known, and of no other", () => {
  const known = Object.values(releases).filter(({ operatorFiles }) => operatorFiles !== undefined);
  expect(siteOptions.openstack_release.choices).toEqual(known.map(({ name }) => name));
});

describe.each(Object.values(releases))("release $name", (one) => {
  const { name: release, projects: versions, distributions } = one;

  test.each(Object.entries(versions))("can build %s %s from source", (project, version) => {
    const declared = projects.find(({ name }) => name === project);
    const [[image, source] = []] = Object.entries(declared?.sources ?? {});
    expect(typed).toContain(image);
    const lock = readFileSync(join(root, "releases", release, `${project}.lock`), "utf8");
    expect(lock).toContain(`\n${source?.pypi}==${version} \\\n`);
    for (const { name } of distributions)
      expect(declared && staleness(lock, lockOrigin(release, name, declared))).toBeUndefined();
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
