import type { IdentityAdmin, Secret } from "#model";
import { memcachedServers } from "./cache.ts";
import type { ConfContext, IniSection } from "./context.ts";

/** The project that the accounts of all services are of. */
export const SERVICE_PROJECT = "service";

export interface ServiceAccount {
  user: string;
  password: Secret;
}

/** How a service logs in at Keystone as itself: the part that all sections with credentials share. */
function credentials(context: ConfContext, account: ServiceAccount): IniSection {
  const { opt, site } = context;
  return {
    auth_url: site.url("identity", "internal"),
    auth_type: "password",
    project_domain_id: opt.default_project_domain_id,
    user_domain_id: opt.default_user_domain_id,
    project_name: SERVICE_PROJECT,
    username: account.user,
    password: account.password,
    region_name: opt.openstack_region_name,
    cafile: opt.openstack_cacert || undefined,
  };
}

/** Section [keystone_authtoken]: how an API checks the tokens that it is given. Answers are cached in memcached. */
export function authtoken(context: ConfContext, account: ServiceAccount): IniSection {
  const { opt, site } = context;
  const servers = memcachedServers(context);
  return {
    www_authenticate_uri: site.url("identity", "public"),
    ...credentials(context, account),
    interface: "internal",
    service_token_roles_required: true,
    memcached_servers: servers,
    memcache_security_strategy: servers ? opt.memcache_security_strategy : undefined,
    memcache_secret_key: servers ? opt.memcache_secret_key : undefined,
    memcache_use_advanced_pool: servers ? true : undefined,
  };
}

/** Credentials for calls to another service, and the internal endpoint. */
function serviceAuth(context: ConfContext, account: ServiceAccount): IniSection {
  return { ...credentials(context, account), valid_interfaces: "internal" };
}

/** A section for calls to another service ([placement], [neutron], [nova], …), with that one's own account. */
export function serviceLogin(context: ConfContext, service: string): IniSection {
  const { site } = context;
  return serviceAuth(context, {
    user: String(site.value(`${service}_keystone_user`)),
    password: site.value(`${service}_keystone_password`) as Secret,
  });
}

/** Section [service_user]: a user's token that expires during long work is vouched for by the service's own. */
export function serviceUser(context: ConfContext, account: ServiceAccount): IniSection {
  return { send_service_user_token: true, ...serviceAuth(context, account) };
}

/** The cloud's administrator, for probes and for what the catalogue and the accounts are to be. */
export function administrator({ opt, site }: ConfContext): IdentityAdmin {
  return {
    authUrl: site.url("identity", "internal"),
    user: opt.keystone_admin_user,
    password: opt.keystone_admin_password.reveal(),
    project: opt.keystone_admin_project,
    domain: opt.default_user_domain_name,
    ...(opt.kolla_admin_openrc_cacert && { caFile: opt.kolla_admin_openrc_cacert }),
  };
}
