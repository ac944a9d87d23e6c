import { count, duration, flag, lacking, map, volume } from "#model";
import { OpenstackApi, topicOptions } from "#openstack";

/** The API of images. An upload holds a thread as long as it lasts, and its sender may pause. */
export const glance = new OpenstackApi("glance", {
  title: "Glance",
  type: "image",
  description: "Openstack Image",
  port: 9292,
  module: "glance.common.wsgi_app:init_app()",
  check: "/healthcheck",
  file: "glance-api.conf",
  messaging: true,
  threads: 4,
  socketTimeout: 300,
});

/** Glance's options, under Kolla-Ansible's names. */
export const options = {
  ...glance.options.ports,
  ...glance.options.endpoints,
  ...glance.options.workers,
  haproxy_glance_api_client_timeout: duration(
    "6h",
    "Time a client may be silent while an image goes through the load balancer.",
  ),
  haproxy_glance_api_server_timeout: duration("6h", "Time Glance may be silent meanwhile."),
  ...glance.options.accounts,
  glance_api_container_proxy: map(
    "{{ container_proxy }}",
    "Environment by which Glance knows the proxies when it imports an image from outside.",
  ),
  ...topicOptions("glance"),
  enable_glance_image_cache: flag(
    false,
    "Each Glance host keeps copies of images that were asked for. What is over glance_cache_max_size stays until you run glance-cache-pruner in the container glance_api.",
  ),
  glance_cache_max_size: count(
    10_737_418_240,
    "Size that glance-cache-pruner leaves of the cache, in bytes.",
    {
      min: 1,
    },
  ),
  glance_enable_interoperable_image_import: flag(
    false,
    "Images are imported as your glance/glance-image-import.conf says.",
  ),
  glance_enable_property_protection: flag(
    false,
    "Who may see and change which properties of images follows from your glance/property-protections-rules.conf.",
  ),
  glance_backend_file: lacking(
    flag(true, "Images are files. Other back ends are not supported yet."),
    false,
    "Glance stores images as files only",
  ),
  glance_file_datadir_volume: volume(
    "glance",
    "Volume that holds the images, or an absolute path that all Glance hosts share. With a volume only the first host runs Glance.",
  ),
} as const;

/** Rules of protected properties. */
export const PROTECTION = "/etc/glance/property-protections-rules.conf";

/** What the operator says in files, by the switches with which they are read. */
export const SWITCHED_FILES = [
  {
    option: "glance_enable_interoperable_image_import",
    name: "glance-image-import.conf",
    dest: "/etc/glance/glance.conf.d/glance-image-import.conf",
  },
  {
    option: "glance_enable_property_protection",
    name: "property-protections-rules.conf",
    dest: PROTECTION,
  },
] as const;
