import type { FilePart, Refusal, SiteView } from "#model";

/** A file of the operator's in config/<service>/ that is read while a switch is on: it says how, and has to be there. */
export interface SwitchedFile<K extends string> {
  option: K;
  name: string;
  dest: string;
}

type Switches<K extends string> = Readonly<Record<K, boolean>>;

/** The files whose switches are on. */
export function switchedFiles<K extends string>(
  service: string,
  opt: Switches<K>,
  files: readonly SwitchedFile<K>[],
): FilePart[] {
  const on = files.filter(({ option }) => opt[option]);
  return on.map(({ name, dest }) => ({ name, dest, content: { first: [`${service}/${name}`] } }));
}

/** Switches that are on without the operator's file. */
export function lackingFiles<K extends string>(
  service: string,
  opt: Switches<K>,
  files: readonly SwitchedFile<K>[],
  site: SiteView,
): Refusal[] {
  const lacking = files.filter(({ option, name }) => opt[option] && !site.hasOverride(`${service}/${name}`));
  return lacking.map(({ option, name }) => ({
    message: `${option} is on, and there is no ${service}/${name} that says how`,
    hint: `Write it into config/${service}/ of your directory, or set ${option}: no.`,
    option,
  }));
}
