import { describe, expect, it } from "vitest";
import { type BuildOptionInput, resolveBuildOptions } from "./settings.ts";

const resolve = (text: string, more: Partial<BuildOptionInput> = {}) =>
  resolveBuildOptions({ root: "/kolla", files: [{ text, path: "kolla-build.conf" }], ...more });

function failure(text: string): string {
  try {
    resolve(text);
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing failed";
}

describe("the settings of a build", () => {
  it("are derived from the distribution and the release", () => {
    const settings = resolve("");
    expect(settings).toMatchObject({
      base: "debian",
      base_image: "debian",
      base_tag: "trixie",
      tag: "2025.1-debian-trixie",
      openstack_branch: "stable-2025.1",
      namespace: "kolla",
    });
    expect(settings.threads).toBeGreaterThan(0);
  });

  it("come from flags before environment before file before defaults", () => {
    const file = "[DEFAULT]\nnamespace = file\ntag = file\nregistry = file\n";
    const settings = resolve(file, {
      environment: { OS_DEFAULT__NAMESPACE: "environment", OS_DEFAULT__TAG: "environment" },
      flags: { namespace: "flag" },
    });
    expect(settings).toMatchObject({ namespace: "flag", tag: "environment", registry: "file" });
  });

  it("read oslo's forms of flags, lists, repeated keys and tables", () => {
    const settings = resolve(`[DEFAULT]
pull = no
threads = 4
profile = infra, main
docker_dir = /one
docker_dir = /two
build_args = A:1,B:http://proxy:3128
[profiles]
mine = keystone,nova-
[nova-user]
uid = 5000
`);
    expect(settings).toMatchObject({
      pull: false,
      threads: 4,
      profile: ["infra", "main"],
      docker_dir: ["/one", "/two"],
      build_args: { A: "1", B: "http://proxy:3128" },
      profiles: { mine: ["keystone", "nova-"] },
      users: { nova: { uid: 5000 } },
    });
  });

  it("report every mistake at once, with its line and the nearest real name", () => {
    const message = failure(
      "[DEFAULT]\nbass = debian\nthreads = many\npush = perhaps\nbase = debain\n[profile]\na = b\n",
    );
    expect(message.split("\n")).toEqual([
      'kolla-build.conf:2: There is no build option "bass" (KOLLA_BUILD_OPTION_UNKNOWN)',
      "  Did you mean base?",
      'kolla-build.conf:3: threads is "many", but must be a whole number of at least 1 (KOLLA_BUILD_OPTION_TYPE)',
      'kolla-build.conf:4: push is "perhaps", but must be true or false (KOLLA_BUILD_OPTION_TYPE)',
      'kolla-build.conf:5: base is "debain", but must be one of debian, ubuntu (did you mean debian?) (KOLLA_BUILD_OPTION_TYPE)',
      'kolla-build.conf:7: There is no section "profile" (KOLLA_BUILD_SECTION_UNKNOWN)',
      "  Did you mean profiles?",
    ]);
  });

  it("take the proxies of the environment as arguments of the builds", () => {
    const { build_args } = resolve("", { environment: { https_proxy: "http://p:1", NO_PROXY: "x" } });
    expect(build_args).toEqual({ https_proxy: "http://p:1", NO_PROXY: "x" });
  });

  it("name the index of Python packages to the builds", () => {
    expect(resolve("[DEFAULT]\npip_index_url = http://index/simple\n").build_args).toEqual({
      PIP_INDEX_URL: "http://index/simple",
    });
  });

  it("are of packages where the release has them, else of sources, and refuse what it has not", () => {
    expect(resolve("").install_type).toBe("binary");
    expect(resolve("[DEFAULT]\ninstall_type = source\n").install_type).toBe("source");
    expect(resolve("[DEFAULT]\nopenstack_release = 2026.1\n")).toMatchObject({
      install_type: "source",
      tag: "2026.1-debian-trixie",
      openstack_branch: "stable-2026.1",
    });
    expect(() => resolve("[DEFAULT]\nopenstack_release = 2026.1\ninstall_type = binary\n")).toThrow(
      expect.objectContaining({
        code: "KOLLA_BUILD_INSTALL_TYPE",
        message: "Release 2026.1 can be built of type source only, not binary",
        hint: "Leave install_type out.",
      }),
    );
  });

  it("refuse a distribution that the release is not made for", () => {
    expect(failure("[DEFAULT]\nbase = ubuntu\n")).toContain("Release 2025.1 is not made for ubuntu");
  });

  it("take kolla-build's other options when they ask for nothing, and refuse the rest with the reason", () => {
    resolve(
      "[DEFAULT]\nengine = docker\nsquash = no\nkeep = yes\ntimeout = 9\nopenstack_release_codename = epoxy\n",
    );
    expect(failure("[DEFAULT]\nengine = podman\nsquash = true\nrepos_yaml = /x\n")).toMatchInlineSnapshot(`
      "kolla-build.conf:2: engine cannot be "podman": images are built by Docker's BuildKit only; Podman is not there yet (KOLLA_BUILD_OPTION_UNSUPPORTED)
        Leave it out, or set it to docker.
      kolla-build.conf:3: squash cannot be "true": layers cannot be squashed; templates keep them small (KOLLA_BUILD_OPTION_UNSUPPORTED)
        Leave it out, or set it to false.
      kolla-build.conf:4: repos_yaml cannot be "/x": packages come from the distribution's own archive and what the templates add to it (KOLLA_BUILD_OPTION_UNSUPPORTED)
        Leave it out."
    `);
  });

  it("refuse another version of the distribution, unless the image is the operator's own", () => {
    expect(failure("[DEFAULT]\nbase_tag = bookworm\n")).toContain("is made for debian trixie");
    expect(resolve("[DEFAULT]\nbase_tag = trixie-20260101-slim\n").base_tag).toBe("trixie-20260101-slim");
    expect(resolve("[DEFAULT]\nbase_tag = 7\nbase_image = mirror/mine\n").base_tag).toBe("7");
  });

  it("say what a section of kolla-build's is here, and what stands before any", () => {
    expect(failure("[glance-base]\ntype = git\n")).toContain("names a source");
    expect(failure("base = debian\n")).toContain("stands before the first section");
  });

  it("come from several files, the later over the earlier", () => {
    const files = [
      { path: "one", text: "[DEFAULT]\nnamespace = one\ntag = one\n[profiles]\nmine = a\n" },
      { path: "two", text: "[DEFAULT]\ntag = two\n[profiles]\nyours = b\n" },
    ];
    expect(resolveBuildOptions({ root: "/kolla", files })).toMatchObject({
      namespace: "one",
      tag: "two",
      profiles: { mine: ["a"], yours: ["b"] },
    });
  });
});

it("a release that is not here is told which ones are, and none is proposed for its number", () => {
  expect(() => resolveBuildOptions({ root: "/kolla", flags: { openstack_release: "2023.1" } })).toThrow(
    'openstack_release is "2023.1", but must be one of 2025.1, 2025.2, 2026.1, 2026.2',
  );
});
