import type { Api, Entry, EntryPath, IdentityNeed, IdOf, Resource, ServiceUser, SiteContext } from "#model";
import { administrator, SERVICE_PROJECT } from "#openstack";
import { signIn } from "./token.ts";

type Catalogued = NonNullable<Api["catalogue"]>;
type Opt = SiteContext["opt"];

/**
 * What a service has in Keystone, as entries of its API, version 3: its entries of the catalogue with their addresses,
 * the roles that it brings or holds, and its accounts, which are all of one project. Pure; holds passwords.
 */
export function identityResource(
  { catalogue, users, roles }: IdentityNeed,
  context: SiteContext,
): Extract<Resource, { kind: "rest" }> {
  const { opt } = context;
  const account = administrator(context);
  const held = new Set([...roles, ...users.flatMap((user) => user.roles)]);
  return {
    kind: "rest",
    account,
    url: `${account.authUrl}/v3`,
    entries: [
      ...catalogue.flatMap((entry) => [service(entry), ...endpoints(entry, opt.openstack_region_name)]),
      ...[...held].map(role),
      ...(users.length > 0 ? [project(opt)] : []),
      ...users.map((user) => accountOf(user, opt)),
    ],
    puts: users.flatMap(grants),
  };
}

const serviceName = ({ service: name, type }: Catalogued): string => `service ${type} ${name}`;
const roleName = (name: string): string => `role ${name}`;
const projectName = `project ${SERVICE_PROJECT}`;
const userName = (name: string): string => `user ${name}`;
const idOf = (name: string): IdOf => ({ idOf: name });

function service(entry: Catalogued): Entry {
  const { service: name, type, description } = entry;
  return {
    name: serviceName(entry),
    path: "/services",
    wrapped: { list: "services", one: "service" },
    found: { name, type },
    made: { name, type, enabled: true },
    holds: { description },
  };
}

/** Made with `region` instead of `region_id`, by which they are found: so Keystone makes the region when it is not there. */
function endpoints(entry: Catalogued, region: string): Entry[] {
  const { internal, public: outside } = entry;
  const addresses = { internal, ...(outside !== undefined && { public: outside }) };
  return Object.entries(addresses).map(([reach, url]) => {
    const of = { service_id: idOf(serviceName(entry)), interface: reach };
    return {
      name: `${reach} endpoint of ${serviceName(entry)}`,
      path: "/endpoints",
      wrapped: { list: "endpoints", one: "endpoint" },
      found: { ...of, region_id: region },
      made: { ...of, region, enabled: true },
      holds: { url },
    };
  });
}

function role(name: string): Entry {
  return {
    name: roleName(name),
    path: "/roles",
    wrapped: { list: "roles", one: "role" },
    found: { name },
    made: { name },
  };
}

function project({ default_project_domain_id: domain }: Opt): Entry {
  return {
    name: projectName,
    path: "/projects",
    query: { name: SERVICE_PROJECT, domain_id: domain },
    wrapped: { list: "projects", one: "project" },
    made: { name: SERVICE_PROJECT, domain_id: domain, description: "Accounts of services" },
    shared: true,
  };
}

/** A password is only set again where one cannot sign in with it: setting it ends what the account has begun. */
function accountOf({ name, password }: ServiceUser, opt: Opt): Entry {
  const domain = opt.default_user_domain_id;
  const secret = { password: password.reveal() };
  const keeps = !opt.update_keystone_service_user_passwords;
  const made = { name, domain_id: domain, default_project_id: idOf(projectName), enabled: true };
  const proof = {
    path: "/auth/tokens",
    json: signIn({ name, domain: { id: domain }, ...secret }),
    expect: [201],
  };
  return {
    name: userName(name),
    path: "/users",
    query: { name, domain_id: domain },
    wrapped: { list: "users", one: "user" },
    ...(keeps ? { made: { ...made, ...secret } } : { made, secret: { holds: secret, proof } }),
  };
}

function grants({ name, roles }: ServiceUser): EntryPath[] {
  return roles.map((role) => [
    "projects",
    idOf(projectName),
    "users",
    idOf(userName(name)),
    "roles",
    idOf(roleName(role)),
  ]);
}
