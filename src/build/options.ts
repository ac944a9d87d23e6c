import { choice, count, flag, INSTALL_TYPES, list, map, requiredText, siteOptions, text } from "#model";
import { releases } from "../../releases/index.ts";

/**
 * Every setting of the builder: the keys of [DEFAULT] in kolla-build.conf, and with dashes the flags of `kolla build`.
 * Names, defaults and meaning are kolla-build's where it has them. One without default is derived (see deriveSettings)
 * or may be left out.
 */
export const buildOptions = {
  base: choice(["debian", "ubuntu"], "debian", "Distribution that the images are made of."),
  base_tag: requiredText("Tag of the base image; derived from the distribution: trixie, 24.04."),
  base_image: requiredText("Name of the base image; derived from the distribution."),
  base_arch: choice(
    ["x86_64", "aarch64"],
    process.arch === "arm64" ? "aarch64" : "x86_64",
    "Processor of the images.",
  ),
  debian_arch: requiredText("Processor as Debian names it, in addresses of packages; derived: amd64, arm64."),
  platform: requiredText(
    "Platform to build for, as the engine names it: linux/arm64. Needs base_arch as well.",
  ),
  bootstrap_base: flag(false, "Make the base image from the distribution's package archive; pull nothing."),
  bootstrap_mirror: requiredText(
    "Package archive for that; derived: this machine's own when it runs the same distribution.",
  ),
  install_type: {
    ...choice(
      INSTALL_TYPES,
      "binary",
      "Where OpenStack comes from: the distribution's packages, or the release's locked sources; derived: packages where the release has them. The tag of images that hold it from source ends in -source.",
    ),
    default: undefined,
  },
  openstack_release: choice(
    Object.keys(releases),
    siteOptions.openstack_release.default as string,
    "Release of OpenStack.",
  ),
  openstack_branch: requiredText("Branch of the sources; derived: stable-<release>."),
  openstack_branch_slashed: requiredText("The same with a slash; derived: stable/<release>."),
  namespace: text("kolla", "What stands before an image's name."),
  registry: text("", "Registry that stands before the namespace, and that `push` sends to."),
  image_name_prefix: text("", "Prefix of every image's name."),
  tag: requiredText("Tag of the images; derived: <release>-<base>-<base_tag>."),
  maintainer: text("Kolla Project (https://launchpad.net/kolla)", "Label `maintainer` of every image."),
  profile: list<string>(
    [],
    "Profiles to build: infra, main, aux, default, or your own of section [profiles].",
  ),
  skip_parents: flag(false, "Do not build images that others stand on."),
  skip_existing: flag(false, "Do not build images whose tag is in the engine, whatever is in them."),
  enable_unbuildable: flag(false, "Try images that are known not to build here."),
  allowed_to_fail: list<string>([], "Images whose failure does not fail the run."),
  docker_dir: list<string>([], "More trees of templates, laid over our own."),
  template_override: list<string>([], "Jinja2 files that extend the templates; read in order."),
  patches_path: text("", "Directory of patches: <image>/series and the patches that it names."),
  build_args: map({}, "Arguments of the builds, NAME:value. Proxy variables of the environment are added."),
  extra_ca: text("", "A bundle of certificate authorities for HTTPS while building. It is in no image."),
  pip_index_url: text("", "Index of Python packages, in pip's simple form; derived: the public one."),
  cache: flag(true, "Take unchanged steps from earlier builds."),
  pull: flag(true, "Ask the registry for a newer base image."),
  network_mode: text("host", "Network of the builds: host or none."),
  use_dumb_init: flag(true, "Start containers through dumb-init, which reaps orphans."),
  docker_healthchecks: flag(true, "For your own templates; ours always bring the scripts for health checks."),
  clean_package_cache: flag(
    true,
    "For your own templates; ours never leave package lists and archives in an image.",
  ),
  threads: requiredCount("Images to build at a time; derived: the number of processors."),
  retries: count(3, "How often a build or push is tried again after a failure that can heal by itself."),
  push: flag(false, "Send the images to the registry once they are built."),
  push_threads: count(1, "Images to push at a time.", { min: 1 }),
  template_only: flag(false, "Write the build contexts and build nothing; no engine is needed."),
  work_dir: text("", "Directory that gets the build contexts, docker/<project>/<image>/, and keeps them."),
  logs_dir: text("", "Directory that gets the output of each image: <image>.log."),
  debug: flag(false, "Show what the builds print, line by line."),
  quiet: flag(false, "Show failures only."),
  summary: flag(true, "Print the summary at the end."),
  format: choice(["json", "none"], "json", "Form of the summary."),
  summary_json_file: text("", "File that gets the summary, instead of standard output."),
};

/** The flags' short forms. */
export const buildShortFlags: Readonly<Partial<Record<keyof typeof buildOptions, string>>> = {
  base: "b",
  debug: "d",
  docker_dir: "D",
  format: "f",
  namespace: "n",
  profile: "p",
  quiet: "q",
  retries: "r",
  threads: "T",
};

export type BuildOptionName = keyof typeof buildOptions;

function requiredCount(doc: string): ReturnType<typeof count> {
  return { ...count(1, doc, { min: 1 }), default: undefined };
}
