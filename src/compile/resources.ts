import {
  type Api,
  type DatabaseAdmin,
  type Declarations,
  type IdentityAdmin,
  type Resource,
  Secret,
} from "#model";
import type { Declared } from "./views.ts";

type Value = (option: string) => unknown;

const revealed = (value: unknown): string => (value instanceof Secret ? value.reveal() : String(value ?? ""));

/** The account that makes schemata, through the load balancer. */
function databaseAdmin(value: Value): DatabaseAdmin {
  return {
    host: String(value("database_address")),
    port: Number(value("database_port")),
    user: String(value("database_user")),
    password: revealed(value("database_password")),
  };
}

/** The account that writes the catalogue. `authUrl` is Keystone's internal URL without a path. */
export function identityAdmin(value: Value, authUrl: string): IdentityAdmin {
  const caFile = String(value("kolla_admin_openrc_cacert"));
  return {
    authUrl,
    user: String(value("keystone_admin_user")),
    password: revealed(value("keystone_admin_password")),
    project: String(value("keystone_admin_project")),
    domain: String(value("default_user_domain_name")),
    region: String(value("openstack_region_name")),
    ...(caFile && { caFile }),
  };
}

/** A database with its account for each that a service declares, by the name of its schema. */
export function databaseResources(declarations: Declarations, value: Value): [string, Resource][] {
  return (declarations.databases ?? []).map(({ schema, user, password }) => [
    schema,
    { kind: "database", admin: databaseAdmin(value), schema, user, password: password.reveal() },
  ]);
}

/** Catalogue entries, roles and accounts of a service; undefined when it has none of them. */
export function identityResource(
  { declarations }: Declared,
  admin: IdentityAdmin,
  value: Value,
): Resource | undefined {
  const entries = (declarations.apis ?? []).flatMap(({ catalogue }) => catalogue ?? []);
  const { users = [], roles = [] } = declarations;
  if (entries.length + users.length + roles.length === 0) return undefined;
  const keepsPassword = value("update_keystone_service_user_passwords") === false;
  return {
    kind: "identity",
    admin,
    services: entries.map(catalogueEntry),
    users: users.map(({ name, password, roles: held }) => ({
      name,
      password: password.reveal(),
      project: "service",
      roles: held,
      ...(keepsPassword && { keepsPassword: true as const }),
    })),
    roles,
  };
}

function catalogueEntry({
  service: name,
  type,
  description,
  internal,
  public: outside,
}: NonNullable<Api["catalogue"]>): Extract<Resource, { kind: "identity" }>["services"][number] {
  const endpoints = { internal, ...(outside !== undefined && { public: outside }) };
  return { name, type, description, endpoints };
}
