import type { HostView, IniValue, SiteOptions, SiteView, Values } from "#model";

/** What every shared part of a configuration is made from: the site's options, the site and the host. */
export interface ConfContext {
  opt: Values<SiteOptions>;
  site: SiteView;
  host: HostView;
}

/** One section of an INI file. */
export type IniSection = Readonly<Record<string, IniValue>>;
