import { flag, judgedAlike, lacking } from "#model";

const FILES = "Images are kept in files";

/** Kolla-Ansible's variables without which Glance would be another one, each with what is lacking. */
const refuses: Readonly<Record<string, string>> = {
  ...judgedAlike(
    FILES,
    `glance_backend_ceph glance_backend_s3 glance_backend_vmware glance_backends glance_ceph_backends
    glance_store_backends`,
  ),
  glance_database_address: "The schema is made in the database of the site: set database_address",
  ...judgedAlike(
    "Which hosts run Glance follows from the inventory and from glance_file_datadir_volume",
    "glance_api_hosts haproxy_members haproxy_tls_members",
  ),
};

/** The back end that there is, which cannot be turned off. */
export const backendOptions = {
  glance_backend_file: lacking(
    flag(true, "Images are files. Other back ends are not supported yet."),
    false,
    "Glance stores images as files only",
  ),
} as const;

/** Those that a Glance of ours needs nothing of, each with why. */
const moot: Readonly<Record<string, string>> = {
  ...judgedAlike(
    "It matters with glance_backend_s3, which is not here",
    `glance_backend_s3_url glance_backend_s3_bucket glance_backend_s3_access_key glance_backend_s3_secret_key
    s3_url s3_bucket s3_access_key s3_secret_key`,
  ),
  ...judgedAlike(
    "It matters with glance_backend_vmware, which is not here",
    "vmware_vcenter_name vmware_datastore_name vmware_vcenter_host_password",
  ),
  glance_enable_rolling_upgrade: "Kolla's upgrade of a release is not here yet",
  enable_glance_horizon_policy_file: "There is no dashboard yet",
};

const TLS = "nothing is encrypted between the load balancer and Glance";
const CEPH = "images are kept in files, not in Ceph";

/** Files of parts of Glance that are not here, or not unless they are switched on. */
const mootFiles: Readonly<Record<string, string>> = {
  "glance-cache.conf": "images are not cached: enable_glance_image_cache is off",
  "glance/ceph*.conf": CEPH,
  "glance/*/ceph*.conf": CEPH,
  "glance/*.keyring": CEPH,
  "glance/glance-cache.conf": "images are not cached: enable_glance_image_cache is off",
  "glance/glance-image-import.conf":
    "it is only read with glance_enable_interoperable_image_import, which is off",
  "glance/glance-tls-proxy.cfg": TLS,
  "haproxy-config/glance-tls-proxy.cfg": TLS,
  "glance/property-protections-rules.conf":
    "it is only read with glance_enable_property_protection, which is off",
};

/** What a cloud of ours cannot have of Kolla-Ansible's Glance, and what it needs nothing of. */
export const unsupported = { refuses, moot, mootFiles };
