import { judgedAlike } from "#model";

/** Kolla-Ansible's variables without which Keystone would be another one, each with what is lacking. */
export const refuses: Readonly<Record<string, string>> = {
  ...judgedAlike(
    "Users who sign in elsewhere",
    "enable_keystone_federation keystone_enable_federation_openid",
  ),
  keystone_service_endpoints:
    "Keystone's addresses in the catalogue are keystone_internal_url and keystone_public_url",
  ...judgedAlike(
    "Keystone's files in its containers belong to the image's account",
    "keystone_username keystone_groupname",
  ),
  keystone_database_address: "The schema is made in the database of the site: set database_address",
};

/** Those that a Keystone of ours needs nothing of, each with why. */
export const moot: Readonly<Record<string, string>> = {
  ...judgedAlike(
    "It matters with enable_keystone_federation, which is not here yet",
    `keystone_container_federation_oidc_attribute_mappings_folder
    keystone_container_federation_oidc_idp_certificate_folder keystone_container_federation_oidc_metadata_folder
    keystone_host_federation_oidc_attribute_mappings_folder keystone_host_federation_oidc_idp_certificate_folder
    keystone_host_federation_oidc_metadata_folder keystone_federation_oidc_additional_options
    keystone_federation_oidc_claim_delimiter keystone_federation_oidc_forwarded_headers
    keystone_federation_oidc_jwks_uri keystone_federation_oidc_response_type keystone_federation_oidc_scopes
    keystone_oidc_enable_memcached keystone_remote_id_attribute_oidc keystone_should_remove_attribute_mappings
    keystone_should_remove_identity_providers keystone_trusted_dashboards`,
  ),
  keystone_internal_listen_port: "Keystone listens on one port of each host: keystone_public_listen_port",
  enable_keystone_horizon_policy_file: "There is no dashboard yet",
};
