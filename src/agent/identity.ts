import type { Resource } from "#model";
import { KollaError } from "#support";
import { type Client, hasPassword, identityClient } from "./identity-client.ts";

type Identity = Extract<Resource, { kind: "identity" }>;
type WantedService = Identity["services"][number];
type WantedUser = Identity["users"][number];

interface Named {
  id: string;
  name: string;
}
interface Service extends Named {
  type: string;
  description?: string;
}
interface Endpoint {
  id: string;
  service_id: string;
  interface: string;
  region_id: string;
  url: string;
}

const SERVICE_PROJECT = "service";

/**
 * Makes the services, endpoints, roles and accounts of a cloud what they should be, through the identity API, version 3.
 * `openable` turns a path of the host into one that this process can open. Throws KOLLA_API with its words.
 */
export async function ensureIdentity(wanted: Identity, openable: (path: string) => string): Promise<void> {
  const caFile = wanted.admin.caFile === undefined ? undefined : openable(wanted.admin.caFile);
  const client = identityClient(wanted.admin, caFile);
  await Promise.all([ensureCatalogue(client, wanted), ensureAccounts(client, wanted, caFile)]);
}

async function ensureCatalogue(client: Client, wanted: Identity): Promise<void> {
  if (wanted.services.length === 0) return;
  const [{ services }, { endpoints }] = await Promise.all([
    client.call<{ services: Service[] }>("GET", "/services"),
    client.call<{ endpoints: Endpoint[] }>("GET", "/endpoints"),
  ]);
  for (const service of wanted.services) {
    const id = await ensureService(client, service, services);
    const region = wanted.admin.region;
    const there = endpoints.filter((found) => found.service_id === id && found.region_id === region);
    await ensureEndpoints(client, service, id, region, there);
  }
}

async function ensureService(
  client: Client,
  wanted: WantedService,
  there: readonly Service[],
): Promise<string> {
  const { name, type, description } = wanted;
  const found = there.find((service) => service.name === name && service.type === type);
  const body = { service: { name, type, description, enabled: true } };
  if (!found) return (await client.call<{ service: Named }>("POST", "/services", body)).service.id;
  if (found.description !== description) await client.call("PATCH", `/services/${found.id}`, body);
  return found.id;
}

/** Named by `region` instead of `region_id`, the API makes the region when it is not there. */
async function ensureEndpoints(
  client: Client,
  service: WantedService,
  id: string,
  region: string,
  there: readonly Endpoint[],
): Promise<void> {
  for (const [reach, url] of Object.entries(service.endpoints)) {
    const found = there.find((endpoint) => endpoint.interface === reach);
    if (!found)
      await client.call("POST", "/endpoints", {
        endpoint: { service_id: id, interface: reach, url, region, enabled: true },
      });
    else if (found.url !== url) await client.call("PATCH", `/endpoints/${found.id}`, { endpoint: { url } });
  }
}

async function ensureAccounts(client: Client, wanted: Identity, caFile: string | undefined): Promise<void> {
  const names = new Set([...wanted.roles, ...wanted.users.flatMap(({ roles }) => roles)]);
  if (names.size === 0 && wanted.users.length === 0) return;
  const { roles: there } = await client.call<{ roles: Named[] }>("GET", "/roles");
  const roles = new Map<string, string>();
  for (const name of names)
    roles.set(
      name,
      there.find((role) => role.name === name)?.id ?? (await makeNamed(client, "role", { name })),
    );
  for (const user of wanted.users) await ensureUser(client, wanted, user, roles, caFile);
}

async function ensureUser(
  client: Client,
  wanted: Identity,
  user: WantedUser,
  roles: ReadonlyMap<string, string>,
  caFile: string | undefined,
): Promise<void> {
  const project = await projectOf(client, wanted.admin.authUrl, user.project);
  const id = await ensureAccount(client, wanted, user, project, caFile);
  for (const role of user.roles)
    await client.call("PUT", `/projects/${project}/users/${id}/roles/${roles.get(role)}`);
}

const projects = new Map<string, Promise<string>>();

/** All services' accounts are of one project, and are made at the same time: it is looked for and made once. */
function projectOf(client: Client, authUrl: string, name: string): Promise<string> {
  const key = `${authUrl} ${name}`;
  const known = projects.get(key);
  if (known) return known;
  const project = ensureProject(client, name);
  projects.set(key, project);
  project.catch(() => projects.delete(key));
  return project;
}

async function ensureProject(client: Client, name: string): Promise<string> {
  const found = await findNamed(client, "project", name);
  if (found) return found.id;
  const description = name === SERVICE_PROJECT ? "Accounts of services" : "";
  return makeNamed(client, "project", { name, domain_id: "default", description });
}

async function ensureAccount(
  client: Client,
  wanted: Identity,
  user: WantedUser,
  project: string,
  caFile: string | undefined,
): Promise<string> {
  const { name, password } = user;
  const found = await findNamed(client, "user", name);
  const body = { name, password, domain_id: "default", default_project_id: project, enabled: true };
  if (!found) return makeNamed(client, "user", body);
  if (!user.keepsPassword && !(await hasPassword(wanted.admin, caFile, name, password)))
    await client.call("PATCH", `/users/${found.id}`, { user: { password } });
  return found.id;
}

async function findNamed(
  client: Client,
  kind: "user" | "project" | "role",
  name: string,
): Promise<Named | undefined> {
  const domain = kind === "role" ? "" : "&domain_id=default";
  const path = `/${kind}s?name=${encodeURIComponent(name)}${domain}`;
  return (await client.call<Record<string, Named[]>>("GET", path))[`${kind}s`]?.[0];
}

/** Makes it, or finds it when somebody else made it in the meantime. */
async function makeNamed(
  client: Client,
  kind: "user" | "project" | "role",
  body: { name: string } & Record<string, unknown>,
): Promise<string> {
  try {
    const made = await client.call<Record<string, Named>>("POST", `/${kind}s`, { [kind]: body });
    return made[kind]?.id ?? "";
  } catch (error) {
    const found =
      error instanceof KollaError && error.code === "KOLLA_API_CONFLICT"
        ? await findNamed(client, kind, body.name)
        : undefined;
    if (!found) throw error;
    return found.id;
  }
}
