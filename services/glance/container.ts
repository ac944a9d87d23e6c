import type { ContainerPart, FilePart, Ini, ServiceContext } from "#model";
import { concurrency, logging, memberUrl, proxyEnvironment, switchedFiles } from "#openstack";
import { glance, type options, PROTECTION, SWITCHED_FILES } from "./options.ts";

type Context = ServiceContext<typeof options>;
type Opt = Context["opt"];

const STATE = "/var/lib/glance";

/** The API, with the images of its host. */
export function container(context: Context): ContainerPart {
  const { opt } = context;
  return glance.container(context, apiConf(context), {
    files: [
      ...(opt.enable_glance_image_cache ? [cacheConf(context)] : []),
      ...switchedFiles("glance", opt, SWITCHED_FILES),
    ],
    permissions: [{ path: STATE, owner: "glance:glance", recurse: true }],
    mounts: [{ source: opt.glance_file_datadir_volume, target: `${STATE}/` }],
    environment: proxyEnvironment(opt.glance_api_container_proxy),
  });
}

/** glance-api.conf */
function apiConf(context: Context): Ini {
  const { opt, host } = context;
  const { DEFAULT, database, keystone_authtoken, ...shared } = glance.sections(context);
  return {
    DEFAULT: {
      ...DEFAULT,
      bind_host: host.apiAddress,
      bind_port: opt.glance_api_listen_port,
      workers: opt.glance_api_workers,
      enabled_backends: "file:file",
      // Where the other Glance hosts reach this one when a staged image is on its disk.
      worker_self_reference_url: memberUrl(glance.api(opt), host),
      ...(opt.glance_enable_property_protection && { property_protection_file: PROTECTION }),
      ...(opt.enable_glance_image_cache && cacheSettings(opt)),
    },
    database,
    keystone_authtoken,
    paste_deploy: { flavor: opt.enable_glance_image_cache ? "keystone+cachemanagement" : "keystone" },
    glance_store: { default_backend: "file" },
    file: { filesystem_store_datadir: `${STATE}/images/` },
    os_glance_tasks_store: { filesystem_store_datadir: `${STATE}/tasks_work_dir` },
    os_glance_staging_store: { filesystem_store_datadir: `${STATE}/staging` },
    ...shared,
  };
}

/** glance-cache.conf, which the commands of the cache read after glance-api.conf. */
function cacheConf(context: Context): FilePart {
  const settings = { ...logging(context, "glance", "glance-cache.log"), ...cacheSettings(context.opt) };
  const ini = { DEFAULT: settings, oslo_concurrency: concurrency("glance") };
  const file = "glance-cache.conf";
  const overrides = [file, `glance/${file}`, `glance/${context.host.name}/${file}`];
  return { name: file, dest: `/etc/glance/${file}`, content: { ini, overrides } };
}

function cacheSettings(opt: Opt): Ini[string] {
  return { image_cache_max_size: opt.glance_cache_max_size, image_cache_dir: `${STATE}/image-cache` };
}
