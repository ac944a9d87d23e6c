import type { FilePart, Ini, Refusal, ServiceContext, SiteView } from "#model";
import { concurrency, logging } from "#openstack";
import type { options } from "./options.ts";

type Context = ServiceContext<typeof options>;
type Opt = Context["opt"];

const STATE = "/var/lib/glance";
const PROTECTION = "property-protections-rules.conf";

/** What Glance does besides when a switch is on, by the file of the operator's that says how. */
const OPERATORS = [
  {
    option: "glance_enable_interoperable_image_import",
    name: "glance-image-import.conf",
    dest: "/etc/glance/glance.conf.d/glance-image-import.conf",
  },
  { option: "glance_enable_property_protection", name: PROTECTION, dest: `/etc/glance/${PROTECTION}` },
] as const;

/** The files that are there when a switch is on: of the cache, of imports and of protected properties. */
export function switchedFiles(context: Context): FilePart[] {
  const { opt, host } = context;
  const operators = OPERATORS.filter(({ option }) => opt[option]).map(({ name, dest }) => ({
    name,
    dest,
    content: { first: [`glance/${name}`] },
  }));
  const cache: FilePart = {
    name: "glance-cache.conf",
    dest: "/etc/glance/glance-cache.conf",
    content: {
      ini: cacheConf(context),
      overrides: ["glance-cache.conf", "glance/glance-cache.conf", `glance/${host.name}/glance-cache.conf`],
    },
  };
  return [...(opt.enable_glance_image_cache ? [cache] : []), ...operators];
}

/** Their lines in [DEFAULT] of glance-api.conf. */
export function switchedSettings(opt: Opt): Ini[string] {
  return {
    ...(opt.glance_enable_property_protection && { property_protection_file: `/etc/glance/${PROTECTION}` }),
    ...(opt.enable_glance_image_cache && cacheSettings(opt)),
  };
}

/** Switches without the operator's file that they need. */
export function lackingFiles(opt: Opt, site: SiteView): readonly Refusal[] {
  return OPERATORS.filter(({ option, name }) => opt[option] && !site.hasOverride(`glance/${name}`)).map(
    ({ option, name }) => ({
      message: `${option} is on, and there is no glance/${name} that says how`,
      hint: `Write it into config/glance/ of your directory, or set ${option}: no.`,
      option,
    }),
  );
}

/** glance-cache.conf, which the commands of the cache read after glance-api.conf. */
function cacheConf(context: Context): Ini {
  return {
    DEFAULT: { ...logging(context, "glance", "glance-cache.log"), ...cacheSettings(context.opt) },
    oslo_concurrency: concurrency("glance"),
  };
}

function cacheSettings(opt: Opt): Ini[string] {
  return { image_cache_max_size: opt.glance_cache_max_size, image_cache_dir: `${STATE}/image-cache` };
}
