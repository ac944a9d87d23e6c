import type { Entry, EntryFields, IdOf, Proof, Resource } from "#model";
import { KollaError, stableJson } from "#support";
import { askPatiently } from "./http.ts";
import { type Client, identityClient } from "./identity-client.ts";

type Rest = Extract<Resource, { kind: "rest" }>;

/** One of a list, with whatever fields it has. */
type Listed = Readonly<Record<string, unknown>> & { id: string };

/** How long the API may take to answer whether a secret is held, in seconds. */
const PATIENCE = 60;

/** An API while entries behind it are ensured: its URL, who asks it, and the lists that it was asked for already. */
interface Api {
  client: Client;
  url: string;
  caFile: string | undefined;
  lists: Map<string, readonly Listed[]>;
}

/**
 * Makes the entries behind an API what they should be, one after the other, and puts what is to be put. `openable`
 * turns a path of the host into one that this process can open. Throws KOLLA_API with the API's own words.
 */
export async function ensureEntries(wanted: Rest, openable: (path: string) => string): Promise<void> {
  const { account, url, entries, puts } = wanted;
  const caFile = account.caFile === undefined ? undefined : openable(account.caFile);
  const api: Api = { client: identityClient(account, caFile), url, caFile, lists: new Map() };
  const ids = new Map<string, string>();
  for (const entry of entries) {
    const known = withIds(entry, ids);
    ids.set(entry.name, await (entry.shared ? ensureShared(api, known) : ensureEntry(api, known)));
  }
  for (const path of puts) {
    const segments = path.map((segment) => encodeURIComponent(plain(segment, ids)));
    await api.client.call("PUT", [url, ...segments].join("/"));
  }
}

const shared = new Map<string, Promise<string>>();

/** Resources are ensured at the same time: what several have is looked for and made by the first of them. */
function ensureShared(api: Api, entry: Entry): Promise<string> {
  const key = `${api.url} ${stableJson(entry)}`;
  const known = shared.get(key);
  if (known) return known;
  const id = ensureEntry(api, entry);
  shared.set(key, id);
  id.catch(() => shared.delete(key));
  return id;
}

/** The id of an entry, which is there then and holds what it should, whoever made it. */
async function ensureEntry(api: Api, entry: Entry): Promise<string> {
  const list = await listed(api, entry);
  const found = list.find((each) => has(each, entry.found ?? {}));
  if (found) return adjust(api, entry, found);
  try {
    return await make(api, entry);
  } catch (error) {
    if (!(error instanceof KollaError && error.code === "KOLLA_API_CONFLICT")) throw error;
    api.lists.delete(addressOf(api, entry));
    const other = (await listed(api, entry)).find((each) => has(each, entry.found ?? {}, isAlike));
    if (!other) throw error;
    return adjust(api, entry, other);
  }
}

async function adjust(
  api: Api,
  { path, wrapped, holds = {}, secret }: Entry,
  found: Listed,
): Promise<string> {
  const change = (fields: EntryFields) =>
    api.client.call("PATCH", `${api.url}${path}/${found.id}`, { [wrapped.one]: fields });
  if (!has(found, holds)) await change(holds);
  if (secret && !(await isHeld(api, secret.proof))) await change(secret.holds);
  return found.id;
}

async function make(api: Api, { path, wrapped, made, holds, secret }: Entry): Promise<string> {
  const url = `${api.url}${path}`;
  const json = { [wrapped.one]: { ...made, ...holds, ...secret?.holds } };
  const answer = await api.client.call<Record<string, Listed | undefined>>("POST", url, json);
  return answer[wrapped.one]?.id ?? refuse(`POST ${url} was answered without an id in "${wrapped.one}"`);
}

async function listed(api: Api, entry: Entry): Promise<readonly Listed[]> {
  const address = addressOf(api, entry);
  const known = api.lists.get(address);
  if (known) return known;
  const answer = await api.client.call<Record<string, Listed[] | undefined>>("GET", address);
  const { list } = entry.wrapped;
  const found = answer[list] ?? refuse(`GET ${address} was answered without "${list}"`);
  api.lists.set(address, found);
  return found;
}

function addressOf({ url }: Api, { path, query = {} }: Entry): string {
  const asked = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return `${url}${path}${asked.length > 0 ? `?${asked.join("&")}` : ""}`;
}

type Equal = (listed: unknown, wanted: EntryFields[string]) => boolean;

function has(listed: Listed, fields: EntryFields, isEqual: Equal = (a, b) => a === b): boolean {
  return Object.entries(fields).every(([name, value]) => isEqual(listed[name], value));
}

/** An API that keeps things in a database takes "Admin" for "admin": a conflict may be with that. */
const isAlike: Equal = (listed, wanted) => String(listed).toLowerCase() === String(wanted).toLowerCase();

async function isHeld({ url, caFile }: Api, { path, json, expect }: Proof): Promise<boolean> {
  const asked = {
    method: "POST",
    url: `${url}${path}`,
    json,
    ...(caFile !== undefined && { caFile }),
  } as const;
  const { status } = await askPatiently(asked, PATIENCE);
  return expect.includes(status);
}

/** The entry with the ids of those that it speaks of. */
function withIds(entry: Entry, ids: ReadonlyMap<string, string>): Entry {
  const known = <T extends EntryFields[string]>(fields: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(value, ids)]));
  const { query, found, made, holds, secret } = entry;
  return {
    ...entry,
    made: known(made),
    ...(query && { query: known(query) }),
    ...(found && { found: known(found) }),
    ...(holds && { holds: known(holds) }),
    ...(secret && { secret: { ...secret, holds: known(secret.holds) } }),
  };
}

function plain<T extends EntryFields[string]>(
  value: T,
  ids: ReadonlyMap<string, string>,
): Exclude<T, IdOf> | string {
  if (typeof value !== "object") return value as Exclude<T, IdOf>;
  return ids.get(value.idOf) ?? refuse(`No entry before is called "${value.idOf}"`);
}

function refuse(message: string): never {
  throw new KollaError({ code: "KOLLA_API", message });
}
