import { type ContainerPart, type FilePart, type Ini, isOlder, type ServiceContext, service } from "#model";
import { concurrency, lackingFiles, logging, memberUrl, proxyEnvironment, switchedFiles } from "#openstack";
import { glance, options } from "./options.ts";
import { unsupported } from "./unsupported.ts";

type Context = ServiceContext<typeof options>;
const STATE = "/var/lib/glance";
const PROTECTION = "property-protections-rules.conf";
const SWITCHED_FILES = {
  glance_enable_interoperable_image_import: "glance.conf.d/glance-image-import.conf",
  glance_enable_property_protection: PROTECTION,
} as const;

/** Images that servers are made from. */
export default service("glance", {
  ...glance.usual,
  summary: "Image store: what servers are made from.",
  enabled: "{{ enable_openstack_core }}",
  options,
  ...unsupported,
  judge: ({ opt, site }) => lackingFiles("glance", SWITCHED_FILES, opt, site),
  define: (context) => ({ containers: { "glance-api": api(context) }, jobs: glance.acts(context) }),
});

function api(context: Context): ContainerPart {
  const { opt } = context;
  const cache = opt.enable_glance_image_cache ? [cacheConf(context)] : [];
  return glance.container(context, glance.conf(context, peculiar(context)), {
    files: [...cache, ...switchedFiles("glance", SWITCHED_FILES, opt)],
    permissions: [{ path: STATE, owner: "glance:glance", recurse: true }],
    mounts: [{ source: opt.glance_file_datadir_volume, target: `${STATE}/` }],
    environment: proxyEnvironment(opt.glance_api_container_proxy),
  });
}

/** What no other API has in its configuration. */
function peculiar({ opt, host, release }: Context): Ini {
  return {
    DEFAULT: {
      // uWSGI's own say the same; 2026.2 has these no more.
      ...(isOlder(release, "2026.2") && {
        bind_host: host.apiAddress,
        bind_port: opt.glance_api_listen_port,
        workers: opt.glance_api_workers,
      }),
      enabled_backends: "file:file",
      // Where the other Glance hosts reach this one when a staged image is on its disk.
      worker_self_reference_url: memberUrl(glance.api(opt), host),
      ...(opt.glance_enable_property_protection && { property_protection_file: `/etc/glance/${PROTECTION}` }),
      ...(opt.enable_glance_image_cache && cacheSettings(opt)),
    },
    paste_deploy: { flavor: opt.enable_glance_image_cache ? "keystone+cachemanagement" : "keystone" },
    glance_store: { default_backend: "file" },
    file: { filesystem_store_datadir: `${STATE}/images/` },
    os_glance_tasks_store: { filesystem_store_datadir: `${STATE}/tasks_work_dir` },
    os_glance_staging_store: { filesystem_store_datadir: `${STATE}/staging` },
  };
}

/** glance-cache.conf, which the commands of the cache read after glance-api.conf. */
function cacheConf(context: Context): FilePart {
  const name = "glance-cache.conf";
  const settings = { ...logging(context, "glance", "glance-cache.log"), ...cacheSettings(context.opt) };
  const ini = { DEFAULT: settings, oslo_concurrency: concurrency("glance") };
  const overrides = [name, `glance/${name}`, `glance/${context.host.name}/${name}`];
  return { name, dest: `/etc/glance/${name}`, content: { ini, overrides } };
}

function cacheSettings(opt: Context["opt"]): Ini[string] {
  return { image_cache_max_size: opt.glance_cache_max_size, image_cache_dir: `${STATE}/image-cache` };
}
