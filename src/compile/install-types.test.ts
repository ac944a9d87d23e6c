import { expect, test } from "vitest";
import type { ContainerItem } from "#model";
import { formatError } from "#support";
import { releases } from "../../releases/index.ts";
import { services } from "../../services/index.generated.ts";
import { allInOne } from "../../tests/golden/sites.ts";
import { compile } from "./compile.ts";
import { resolveOptions } from "./options.ts";

const TAG = "2025.1-debian-trixie";

/** Container → image, of a whole all-in-one with these variables. */
function images(variables: Record<string, unknown>): Record<string, string> {
  const { desired, problems } = compile(services, allInOne(variables), {});
  expect(problems.map(formatError)).toEqual([]);
  const containers = desired.hosts[0]?.items.filter(
    (item): item is ContainerItem => item.kind === "container",
  );
  return Object.fromEntries((containers ?? []).map(({ spec }) => [spec.name, spec.image]));
}

function problems(variables: Record<string, unknown>): string {
  const names = Object.keys(variables);
  const places = Object.fromEntries(names.map((name, at) => [name, { file: "globals.yml", line: at + 1 }]));
  return resolveOptions(services, allInOne(variables, { places })).problems.map(formatError).join("\n");
}

test("a service from source has images of its own name, in all its containers and in no other", () => {
  const [packages, sources] = [images({}), images({ keystone_install_type: "source" })];
  const changed = Object.keys(packages).filter((name) => packages[name] !== sources[name]);
  expect(changed.sort()).toEqual(["keystone", "keystone_fernet", "keystone_ssh"]);
  expect(sources.keystone).toBe(`kolla/keystone:${TAG}-source`);
  expect(packages.keystone).toBe(`kolla/keystone:${TAG}`);
});

test("the install type follows the operator's tag of the site", () => {
  const given = { openstack_tag: "mine", keystone_install_type: "source" };
  expect(images(given)).toMatchObject({
    keystone_ssh: "kolla/keystone-ssh:mine-source",
    mariadb: "kolla/mariadb-server:mine",
  });
});

test("the operator's tag or image of a service or container wins over the install type", () => {
  const given = {
    keystone_install_type: "source",
    keystone_tag: "ours",
    keystone_ssh_tag: "fixed",
    keystone_fernet_image_full: "reg:4000/fernet:1",
  };
  expect(images(given)).toMatchObject({
    keystone: "kolla/keystone:ours",
    keystone_ssh: "kolla/keystone-ssh:fixed",
    keystone_fernet: "reg:4000/fernet:1",
  });
});

test("the site's install type is that of every service, and is no business of those that have none", () => {
  expect(
    images({
      enable_nova: false,
      enable_neutron: false,
      enable_heat: false,
      openstack_install_type: "source",
    }),
  ).toMatchObject({
    keystone: `kolla/keystone:${TAG}-source`,
    glance_api: `kolla/glance-api:${TAG}-source`,
    mariadb: `kolla/mariadb-server:${TAG}`,
    kolla_toolbox: `kolla/kolla-toolbox:${TAG}`,
  });
});

test("a site or service from source that the release lacks is refused where it is asked for, with what to type", () => {
  const sources = Object.keys(releases["2025.1"]?.projects ?? {});
  expect(problems({ openstack_install_type: "source" })).toBe(
    "globals.yml:1: openstack_install_type is source, but release 2025.1 has no source of heat, neutron, nova (KOLLA_OPTION_INSTALL_TYPE)\n" +
      `  Set openstack_install_type: binary, and with it ${sources.map((name) => `${name}_install_type: source`).join(", ")}.`,
  );
  expect(problems({ keystone_install_type: "source", nova_install_type: "source" })).toBe(
    "globals.yml:2: nova_install_type is source, but release 2025.1 has no source of nova (KOLLA_OPTION_INSTALL_TYPE)\n" +
      `  Set nova_install_type: binary. It has sources of: ${sources.join(", ")}.`,
  );
  expect(problems({ nova_install_type: "source", enable_nova: "no" })).toBe("");
});

test("a slip in the type or the name is told with the nearest real one", () => {
  expect(problems({ keystone_install_type: "sauce" })).toMatch(/must be one of binary, source/);
  expect(problems({ keystome_install_type: "source" })).toMatch(/Did you mean keystone_install_type\?/);
  expect(problems({ cinder_install_type: "source" })).toBe("");
});

test("the install type of releases before 2023.1 is read as Kolla-Ansible reads it: not at all", () => {
  const given = { kolla_install_type: "source", mariadb_install_type: "source" };
  expect(problems(given)).toBe("");
  expect(images(given)).toEqual(images({}));
});

test("of a release that is not known only that is said", () => {
  const found = problems({ openstack_install_type: "source", openstack_release: "2023.1" });
  expect(found).toContain("openstack_release");
  expect(found).not.toContain("KOLLA_OPTION_INSTALL_TYPE");
});

test("a service of another release has that release's images, from source where nothing else is, whatever the site's tag", () => {
  const release = { keystone_release: "2026.1" };
  const keystone = "kolla/keystone:2026.1-debian-trixie-source";
  expect(images(release)).toMatchObject({ keystone, glance_api: `kolla/glance-api:${TAG}` });
  const tagged = { openstack_tag: "mine", openstack_tag_suffix: "-7" };
  expect(images({ ...release, ...tagged })).toMatchObject({
    keystone: "kolla/keystone:2026.1-debian-trixie-7-source",
    glance_api: "kolla/glance-api:mine",
  });
});

test("its containers and what they read are of that release", () => {
  const labels = (variables: Record<string, unknown>) =>
    (compile(services, allInOne(variables), {}).desired.hosts[0]?.items ?? []).flatMap((item) =>
      item.kind === "container" ? [`${item.spec.name} ${item.spec.labels.kolla_release}`] : [],
    );
  const of2026 = labels({ keystone_release: "2026.1" }).filter((words) => words.endsWith("2026.1"));
  expect(of2026.sort()).toEqual(["keystone 2026.1", "keystone_fernet 2026.1", "keystone_ssh 2026.1"]);
});

test("a release that a service cannot be installed of is refused where it is asked for", () => {
  expect(problems({ nova_release: "2026.1" })).toBe(
    "globals.yml:1: nova_release is 2026.1, but release 2026.1 has no source of nova (KOLLA_OPTION_INSTALL_TYPE)\n" +
      "  Leave nova_release out. It has sources of: keystone, placement, glance.",
  );
  expect(problems({ keystone_release: "2026.1", keystone_install_type: "binary" })).toBe(
    "globals.yml:2: keystone_install_type is binary, but no distribution has packages of release 2026.1 (KOLLA_OPTION_INSTALL_TYPE)\n" +
      "  Set keystone_install_type: source.",
  );
  expect(problems({ keystone_release: "2026.3" })).toContain("must be one of 2025.1, 2025.2, 2026.1, 2026.2");
});
