import { count, duration, flag, lacking, map, port, secret, volume, word } from "#model";
import { endpointOptions, topicOptions } from "#openstack";

/** Glance's options, under Kolla-Ansible's names. */
export const options = {
  glance_api_port: port(9292, "Port of Glance on the internal VIP."),
  glance_api_public_port: port("{{ glance_api_port }}", "Port of Glance on the external VIP."),
  glance_api_listen_port: port("{{ glance_api_port }}", "Port of Glance on each host."),
  ...endpointOptions("glance", { internal: "glance_api_port", public: "glance_api_public_port" }),
  glance_api_workers: count("{{ openstack_service_workers }}", "Processes of Glance on each host.", {
    min: 1,
  }),
  haproxy_glance_api_client_timeout: duration(
    "6h",
    "Time a client may be silent while an image goes through the load balancer.",
  ),
  haproxy_glance_api_server_timeout: duration("6h", "Time Glance may be silent meanwhile."),
  glance_keystone_user: word("glance", "Account of Glance in Keystone."),
  glance_keystone_password: secret("Password of that account."),
  glance_database_name: word("glance", "Schema of Glance."),
  glance_database_user: word("glance", "Account of Glance at the database."),
  glance_database_password: secret("Password of that account at the database."),
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
