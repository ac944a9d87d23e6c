import type { AnyService, Declarations, IdentityNeed, Provision } from "#model";

type Provider<K extends Provision["what"]> = Extract<Provision, { what: K }>;

/** How the first of the services that provides something does it; undefined where none does. */
export function providerOf<K extends Provision["what"]>(
  services: readonly AnyService[],
  what: K,
): Provider<K> | undefined {
  return services.map(({ provides }) => provides).find((found): found is Provider<K> => found?.what === what);
}

/** Catalogue entries, accounts and roles of a service; undefined when it has none of them. */
export function identityNeed(declarations: Declarations): IdentityNeed | undefined {
  const { apis = [], users = [], roles = [], administratorRoles = [] } = declarations;
  const catalogue = apis.flatMap((api) => api.catalogue ?? []);
  const need = { catalogue, users, roles, administratorRoles };
  return Object.values(need).every(({ length }) => length === 0) ? undefined : need;
}
