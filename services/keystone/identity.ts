import type { Api, Entry, EntryPath, IdentityNeed, IdOf, Resource, ServiceUser, SiteContext } from "#model";
import { administrator, SERVICE_PROJECT } from "#openstack";
import { signIn } from "./token.ts";

type Catalogued = NonNullable<Api["catalogue"]>;
type Opt = SiteContext["opt"];

/**
 * What a service has in Keystone, as entries of its API, version 3: its entries of the catalogue with their addresses,
 * the roles that it brings or holds, and its accounts, which are of one project but those that are of a domain of their
 * own; and what the administrator holds for it. Pure; holds passwords.
 */
export function identityResource(
  { catalogue, users, roles, administratorRoles }: IdentityNeed,
  context: SiteContext,
): Extract<Resource, { kind: "rest" }> {
  const { opt } = context;
  const account = administrator(context);
  const held = new Set([...roles, ...administratorRoles, ...users.flatMap((user) => user.roles)]);
  const domains = new Set(users.flatMap(({ domain }) => domain ?? []));
  return {
    kind: "rest",
    account,
    url: `${account.authUrl}/v3`,
    entries: [
      ...catalogue.flatMap((entry) => [service(entry), ...endpoints(entry, opt.openstack_region_name)]),
      ...[...held].map(role),
      ...(users.some(({ domain }) => domain === undefined) ? [project(opt)] : []),
      ...[...domains].map(domainEntry),
      ...users.map((user) => accountOf(user, opt)),
      ...(administratorRoles.length > 0 ? administratorEntries(opt) : []),
    ],
    puts: [
      ...users.flatMap(grants),
      ...administratorRoles.map((role) => grant(["projects", ADMIN_PROJECT], ADMIN, role)),
    ],
  };
}

const serviceName = ({ service: name, type }: Catalogued): string => `service ${type} ${name}`;
const roleName = (name: string): string => `role ${name}`;
const projectName = `project ${SERVICE_PROJECT}`;
const domainName = (name: string): string => `domain ${name}`;
const userName = ({ name, domain }: Pick<ServiceUser, "name" | "domain">): string =>
  domain === undefined ? `user ${name}` : `user ${name} of ${domain}`;
const ADMIN = "administrator";
const ADMIN_PROJECT = "project of the administrator";
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

function domainEntry(name: string): Entry {
  return {
    name: domainName(name),
    path: "/domains",
    query: { name },
    wrapped: { list: "domains", one: "domain" },
    made: { name, description: "Accounts that services make" },
    shared: true,
  };
}

/** Both are there: the resource is ensured in their name. */
function administratorEntries(opt: Opt): Entry[] {
  const domain = opt.default_user_domain_id;
  const user = { name: opt.keystone_admin_user, domain_id: domain };
  const own = { name: opt.keystone_admin_project, domain_id: domain };
  return [
    { name: ADMIN, path: "/users", query: user, wrapped: { list: "users", one: "user" }, made: user },
    {
      name: ADMIN_PROJECT,
      path: "/projects",
      query: own,
      wrapped: { list: "projects", one: "project" },
      made: own,
    },
  ];
}

/** A password is only set again where one cannot sign in with it: setting it ends what the account has begun. */
function accountOf(user: ServiceUser, opt: Opt): Entry {
  const { name, password, domain: own } = user;
  const domain = own === undefined ? opt.default_user_domain_id : idOf(domainName(own));
  const secret = { password: password.reveal() };
  const keeps = !opt.update_keystone_service_user_passwords;
  const home = own === undefined ? { default_project_id: idOf(projectName) } : {};
  const made = { name, domain_id: domain, ...home, enabled: true };
  const signsIn = { name, domain: own === undefined ? { id: domain } : { name: own }, ...secret };
  const proof = { path: "/auth/tokens", json: signIn(signsIn), expect: [201] };
  return {
    name: userName(user),
    path: "/users",
    query: { name, domain_id: domain },
    wrapped: { list: "users", one: "user" },
    ...(keeps ? { made: { ...made, ...secret } } : { made, secret: { holds: secret, proof } }),
  };
}

function grants(user: ServiceUser): EntryPath[] {
  const { roles, domain } = user;
  const where =
    domain === undefined ? (["projects", projectName] as const) : (["domains", domainName(domain)] as const);
  return roles.map((role) => grant(where, userName(user), role));
}

/** `where`: projects or domains, and the entry; `user`: the account's. */
function grant(
  [kind, entry]: readonly ["projects" | "domains", string],
  user: string,
  role: string,
): EntryPath {
  return [kind, idOf(entry), "users", idOf(user), "roles", idOf(roleName(role))];
}
