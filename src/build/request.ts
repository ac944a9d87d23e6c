import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { KollaError } from "#support";
import type { RawValue } from "./option-values.ts";
import { type BuildSettings, resolveBuildOptions } from "./settings.ts";

/** A build as it is asked for on a machine. */
export interface BuildRequest {
  /** Kolla's own directory. */
  root: string;
  /** Options that were given, under their names in kolla-build.conf; they win over files and environment. */
  options?: Readonly<Record<string, RawValue>>;
  /** Regular expressions that select images by name. */
  regexes?: readonly string[];
  /** Files of options that were named; none: kolla-build.conf in the operator's directory, when it is there. */
  files?: readonly string[];
  /** Directories whose *.conf files are read after those, by name; the later win. */
  directories?: readonly string[];
  /** Of the process: OS_DEFAULT__<OPTION>, the proxy variables, and KOLLA_CONFIG_PATH for the operator's directory. */
  environment: NodeJS.ProcessEnv;
}

const HOST_CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

/**
 * The settings of a build as this machine has them: builds trust what it trusts unless told otherwise. Throws
 * KOLLA_BUILD_OPTION_FILE for a file or a directory that was named and is not there, and what resolveBuildOptions throws.
 */
export function readBuildSettings(request: BuildRequest): BuildSettings {
  const { root, regexes = [], environment } = request;
  return resolveBuildOptions({
    root,
    regexes,
    environment,
    flags: { ...(existsSync(HOST_CA_BUNDLE) && { extra_ca: HOST_CA_BUNDLE }), ...request.options },
    files: optionFiles(request).map((path) => ({ text: readFileSync(path, "utf8"), path })),
  });
}

function optionFiles({ files = [], directories = [], environment }: BuildRequest): string[] {
  for (const path of [...files, ...directories])
    if (!existsSync(path))
      throw new KollaError({
        code: "KOLLA_BUILD_OPTION_FILE",
        message: "there is no such file or directory, though --config-file or --config-dir names it",
        where: { file: path },
      });
  const usual = join(environment.KOLLA_CONFIG_PATH ?? "/etc/kolla", "kolla-build.conf");
  const within = directories.flatMap((directory) =>
    readdirSync(directory)
      .filter((name) => name.endsWith(".conf"))
      .sort()
      .map((name) => join(directory, name)),
  );
  return [...(files.length > 0 ? files : [usual].filter((path) => existsSync(path))), ...within];
}
