import type { IniValue, SiteContext } from "#model";

/** What every shared part of a configuration is made from: the site's options, the site and the host. */
export type ConfContext = SiteContext;

/** One section of an INI file. */
export type IniSection = Readonly<Record<string, IniValue>>;
