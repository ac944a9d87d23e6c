import { count, flag, map, volume } from "#model";
import { OpenstackApi, topicOptions } from "#openstack";
import { backendOptions } from "./unsupported.ts";

/** The API of images. An upload holds a thread as long as it lasts, and its sender may pause. */
export const glance = new OpenstackApi("glance", {
  title: "Glance",
  type: "image",
  description: "Openstack Image",
  port: 9292,
  module: "glance.common.wsgi_app:init_app()",
  check: "/healthcheck",
  trial: "/v2/images?limit=1",
  file: "glance-api.conf",
  messaging: true,
  uwsgi: { threads: 4, socketTimeout: 300 },
  transfer: { what: "an image", silence: "6h" },
  expand: ["GLANCE_DB_EXPAND", "GLANCE_DB_MIGRATE"],
  // From then on its check does not know enabled_backends, and ends with an error on every configuration that has it.
  uncheckedFrom: "2026.2",
  // Images in a host's own volume are seen by that host alone, so one host serves them all.
  alone: "{{ not glance_file_datadir_volume.startswith('/') }}",
});

/** Glance's options, under Kolla-Ansible's names. */
export const options = {
  ...glance.options.all,
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
    { min: 1 },
  ),
  glance_enable_interoperable_image_import: flag(
    false,
    "Images are imported as your glance/glance-image-import.conf says.",
  ),
  glance_enable_property_protection: flag(
    false,
    "Who may see and change which properties of images follows from your glance/property-protections-rules.conf.",
  ),
  ...backendOptions,
  glance_file_datadir_volume: volume(
    "glance",
    "Volume that holds the images, or an absolute path that all Glance hosts share. With a volume only the first host runs Glance.",
  ),
} as const;
