import { KollaError } from "#support";
import { releases } from "../../releases/index.ts";
import type { Given } from "./option-values.ts";

/** An option of kolla-build's that there is no use for here. */
export interface ForeignOption {
  flag?: true;
  /** Values that ask for nothing; absent: all do. */
  passes?: readonly string[];
  because: string;
}

const RPM = "it is for distributions of the Red Hat family, which are not built yet";
const LOCKED = "sources and their versions are the release's lock";
const APT = "packages come from the distribution's own archive and what the templates add to it";

/** Under the options' names in kolla-build.conf; a value that asks for something is refused with the reason. */
export const foreignBuildOptions: Readonly<Record<string, ForeignOption>> = {
  apt_preferences: { passes: [""], because: `${APT}; template_override can add preferences` },
  apt_sources_list: { passes: [""], because: `${APT}; template_override can add sources` },
  base_package_type: { passes: ["deb"], because: RPM },
  buildkit: { flag: true, passes: ["true"], because: "images are built by BuildKit only" },
  buildkit_builder: { passes: [""], because: "the engine's own builder is used" },
  distro_package_manager: { passes: ["apt"], because: RPM },
  engine: {
    passes: ["docker"],
    because: "images are built by Docker's BuildKit only; Podman is not there yet",
  },
  keep: { flag: true, because: "BuildKit leaves no containers of failed steps behind" },
  locals_base: { because: LOCKED },
  openstack_release_codename: {
    passes: Object.values(releases).map(({ codename }) => codename),
    because: "it follows from openstack_release",
  },
  pip_extra_index_url: { passes: [""], because: "pip_index_url names the one index of Python packages" },
  pip_trusted_host: { passes: [""], because: "indexes are verified; extra_ca adds certificate authorities" },
  podman_base_url: { because: "it is for the engine podman" },
  repos_yaml: { passes: [""], because: APT },
  rpm_setup_config: { passes: [""], because: RPM },
  shell_completion: { passes: [], because: "there is no completion for shells" },
  squash: { flag: true, passes: ["false"], because: "layers cannot be squashed; templates keep them small" },
  squash_cleanup: { flag: true, because: "it is for squash" },
  squash_tmp_dir: { because: "it is for squash" },
  tarballs_base: {
    passes: ["https://tarballs.opendev.org"],
    because: `${LOCKED}; pip_index_url names a mirror of Python packages`,
  },
  timeout: { because: "nothing is downloaded outside of a build" },
};

/** What is wrong with a value of such an option: KOLLA_BUILD_OPTION_UNSUPPORTED, or nothing. */
export function refusedForeign({ name, value, where }: Given): KollaError | undefined {
  const option = foreignBuildOptions[name];
  const text = option?.flag ? flagText(String(value)) : String(value);
  if (!option?.passes || option.passes.some((one) => one.toLowerCase() === text.toLowerCase()))
    return undefined;
  const [only] = option.passes;
  return new KollaError({
    code: "KOLLA_BUILD_OPTION_UNSUPPORTED",
    message: `${name} cannot be "${text}": ${option.because}`,
    hint: only ? `Leave it out, or set it to ${only}.` : "Leave it out.",
    ...(where && { where }),
  });
}

function flagText(value: string): string {
  if (/^(true|1|on|yes)$/i.test(value)) return "true";
  return /^(false|0|off|no)$/i.test(value) ? "false" : value;
}
