import type { Api, DatabaseNeed, SiteOptions, Values } from "#model";
import type { options } from "./options.ts";

type Opt = Values<typeof options> & Values<SiteOptions>;

/** What users and services reach through the load balancer. Its options have names that no other API's have. */
export function identityApi(opt: Opt): Api {
  return {
    name: "keystone",
    group: "keystone",
    mode: "http",
    port: opt.keystone_internal_port,
    publicPort: opt.keystone_public_port,
    listenPort: opt.keystone_public_listen_port,
    sparePort: opt.keystone_public_spare_port,
    check: "/healthcheck",
    // Made by kolla_keystone_bootstrap, before anything else can log in; stated here so that others find the address.
    catalogue: {
      service: "keystone",
      type: "identity",
      description: "Openstack Identity Service",
      internal: opt.keystone_internal_url,
      public: opt.keystone_public_url,
    },
  };
}

/** Keystone's database. */
export function schema(opt: Opt): DatabaseNeed {
  return {
    schema: opt.keystone_database_name,
    user: opt.keystone_database_user,
    password: opt.keystone_database_password,
  };
}
