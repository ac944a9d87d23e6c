import type { FilePart, Refusal, SiteView } from "#model";

/**
 * Switch → the file that it has read, below /etc/<service>/: the operator's own of that name in config/<service>/, which
 * says how and has to be there.
 */
type SwitchedFiles<K extends string> = Readonly<Record<K, string>>;
type Switches<K extends string> = Readonly<Record<K, boolean>>;

/** The files whose switches are on. */
export function switchedFiles<K extends string>(
  service: string,
  files: SwitchedFiles<K>,
  opt: Switches<NoInfer<K>>,
): FilePart[] {
  return switchedOn(files, opt).map(([, path]) => {
    const name = nameOf(path);
    return { name, dest: `/etc/${service}/${path}`, content: { first: [`${service}/${name}`] } };
  });
}

/** Switches that are on without the operator's file. */
export function lackingFiles<K extends string>(
  service: string,
  files: SwitchedFiles<K>,
  opt: Switches<NoInfer<K>>,
  site: SiteView,
): Refusal[] {
  return switchedOn(files, opt)
    .map(([option, path]) => ({ option, file: `${service}/${nameOf(path)}` }))
    .filter(({ file }) => !site.hasOverride(file))
    .map(({ option, file }) => ({
      message: `${option} is on, and there is no ${file} that says how`,
      hint: `Write it into config/${service}/ of your directory, or set ${option}: no.`,
      option,
    }));
}

function switchedOn<K extends string>(files: SwitchedFiles<K>, opt: Switches<K>): [K, string][] {
  return (Object.entries(files) as [K, string][]).filter(([option]) => opt[option]);
}

const nameOf = (path: string): string => path.replace(/^.*\//, "");
