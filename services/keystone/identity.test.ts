import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type IdentityNeed, Secret, type ServiceUser, type SiteContext } from "#model";
import { ensureEntries } from "../../src/agent/rest.ts";
import { identityResource } from "./identity.ts";

type Row = Record<string, unknown> & { id: string };
type Reply = { status: number; body?: unknown; headers?: Record<string, string> };

/** As much of Keystone's v3 API as an operator's site uses, in memory. */
class Keystone {
  readonly tables: Record<string, Row[]> = {
    services: [],
    endpoints: [],
    roles: [],
    projects: [],
    domains: [],
    users: [],
  };
  readonly grants = new Set<string>();
  readonly requests: string[] = [];
  tokens = 0;
  /** So many lists of accounts are empty, as before somebody else made one. */
  hidden = 0;
  #server: Server | undefined;
  #next = 0;

  async listen(): Promise<string> {
    this.#server = createServer(async (request, response) => {
      const { status, body, headers } = await this.#answer(request);
      response.writeHead(status, { "Content-Type": "application/json", ...headers });
      response.end(body === undefined ? "" : JSON.stringify(body));
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server?.close();
  }

  get writes(): string[] {
    return this.requests.filter((line) => !line.startsWith("GET") && !line.includes("/auth/tokens"));
  }

  async #answer(request: IncomingMessage): Promise<Reply> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString("utf8");
    const json = (text ? JSON.parse(text) : {}) as Record<string, Record<string, unknown>>;
    const url = new URL(request.url ?? "/", "http://k");
    this.requests.push(`${request.method} ${url.pathname}`);
    if (url.pathname === "/v3/auth/tokens") return this.#token(json);
    if (!request.headers["x-auth-token"]) return { status: 401 };
    const [, , table = "", id = "", ...rest] = url.pathname.split("/");
    if (rest.length > 0) {
      this.grants.add([id, ...rest].join("/"));
      return { status: 204 };
    }
    return this.#table(request.method ?? "GET", table, id, json[table.slice(0, -1)] ?? {}, url.searchParams);
  }

  #table(method: string, table: string, id: string, row: Record<string, unknown>, query: URLSearchParams) {
    const rows = this.tables[table] ?? [];
    const key = table.slice(0, -1);
    if (method === "GET") {
      if (table === "users" && this.hidden-- > 0) return { status: 200, body: { users: [] } };
      const name = query.get("name");
      return { status: 200, body: { [table]: rows.filter((each) => name === null || each.name === name) } };
    }
    if (method === "PATCH") {
      const found = rows.find((each) => each.id === id);
      Object.assign(found ?? {}, row);
      return { status: 200, body: { [key]: found } };
    }
    if (table !== "endpoints" && rows.some((each) => each.name === row.name))
      return { status: 409, body: { error: { message: "Conflict" } } };
    const made: Row = { region_id: row.region, ...row, id: `${key}${++this.#next}` };
    rows.push(made);
    return { status: 201, body: { [key]: made } };
  }

  #token(json: Record<string, unknown>) {
    const { auth } = json as {
      auth: { identity: { password: { user: { name: string; password: string } } } };
    };
    const { name, password } = auth.identity.password.user;
    const known =
      name === "admin" ? "secret" : this.tables.users?.find((user) => user.name === name)?.password;
    if (known !== password) return { status: 401, body: { error: { message: "The password is wrong" } } };
    return { status: 201, body: {}, headers: { "X-Subject-Token": `token${++this.tokens}` } };
  }
}

let keystone: Keystone;
let authUrl: string;

beforeEach(async () => {
  keystone = new Keystone();
  authUrl = await keystone.listen();
});
afterEach(() => keystone.close());

function context(options: Partial<SiteContext["opt"]>): SiteContext {
  const opt = {
    keystone_admin_user: "admin",
    keystone_admin_password: new Secret("secret"),
    keystone_admin_project: "admin",
    default_user_domain_name: "Default",
    default_user_domain_id: "default",
    default_project_domain_id: "default",
    openstack_region_name: "RegionOne",
    update_keystone_service_user_passwords: true,
    kolla_admin_openrc_cacert: "",
    ...options,
  };
  return { opt, site: { url: () => authUrl } } as unknown as SiteContext;
}

const glance = {
  service: "glance",
  type: "image",
  description: "Images",
  internal: "http://10.0.0.1:9292",
  public: "http://192.0.2.1:9292",
};

const user = (name: string, password: string, ...roles: string[]): ServiceUser => ({
  name,
  password: new Secret(password),
  roles,
});

const wanted = (changes: Partial<IdentityNeed> = {}, options: Partial<SiteContext["opt"]> = {}) =>
  identityResource(
    {
      catalogue: [glance],
      users: [user("glance", "pw1", "admin", "service")],
      roles: ["reader"],
      administratorRoles: [],
      ...changes,
    },
    context(options),
  );

const same = (path: string): string => path;

test("services, endpoints, roles, project and account are made, and made once", async () => {
  await ensureEntries(wanted(), same);
  const { services, endpoints, roles, projects, users } = keystone.tables;
  expect(services).toMatchObject([{ name: "glance", type: "image", enabled: true }]);
  expect(endpoints).toMatchObject([
    {
      interface: "internal",
      url: "http://10.0.0.1:9292",
      region: "RegionOne",
      service_id: services?.[0]?.id,
    },
    { interface: "public", url: "http://192.0.2.1:9292" },
  ]);
  expect(roles?.map(({ name }) => name).sort()).toEqual(["admin", "reader", "service"]);
  expect(projects).toMatchObject([{ name: "service", domain_id: "default" }]);
  expect(users).toMatchObject([{ name: "glance", password: "pw1" }]);
  expect(keystone.grants.size).toBe(2);
  const before = keystone.writes.filter((line) => !line.startsWith("PUT")).length;
  await ensureEntries(wanted(), same);
  expect(keystone.writes.filter((line) => !line.startsWith("PUT")).length).toBe(before);
});

test("a changed URL and a changed password are set, and nothing else", async () => {
  await ensureEntries(wanted(), same);
  keystone.requests.length = 0;
  await ensureEntries(
    wanted({
      catalogue: [{ ...glance, public: "https://cloud:9292" }],
      users: [user("glance", "pw2")],
    }),
    same,
  );
  expect(keystone.writes.map((line) => line.replace(/\d+$/, "")).sort()).toEqual([
    "PATCH /v3/endpoints/endpoint",
    "PATCH /v3/users/user",
  ]);
  expect(keystone.tables.users?.[0]?.password).toBe("pw2");
});

test("an account that is to keep its password keeps it, and a new one gets its own", async () => {
  const kept = { update_keystone_service_user_passwords: false };
  await ensureEntries(wanted(), same);
  await ensureEntries(wanted({ users: [user("glance", "pw2"), user("nova", "pw3")] }, kept), same);
  expect(keystone.tables.users).toMatchObject([
    { name: "glance", password: "pw1" },
    { name: "nova", password: "pw3" },
  ]);
});

test("an account in a domain of its own holds its roles there, and the administrator those that it is to have", async () => {
  const { tables } = keystone;
  tables.users?.push({ id: "me", name: "admin" });
  tables.projects?.push({ id: "mine", name: "admin" });
  const apart = { ...user("keeper", "pw", "admin"), domain: "apart" };
  const need = { catalogue: [], users: [apart], administratorRoles: ["owner"] };
  await ensureEntries(wanted(need), same);
  const [domain] = tables.domains ?? [];
  const roleId = (name: string) => tables.roles?.find((role) => role.name === name)?.id;
  expect(tables.users?.[1]).toMatchObject({ name: "keeper", domain_id: domain?.id, password: "pw" });
  expect(tables.projects).toHaveLength(1);
  expect([...keystone.grants]).toEqual([
    `${domain?.id}/users/${tables.users?.[1]?.id}/roles/${roleId("admin")}`,
    `mine/users/me/roles/${roleId("owner")}`,
  ]);
  keystone.requests.length = 0;
  await ensureEntries(wanted(need), same);
  expect(keystone.writes.filter((line) => !line.startsWith("PUT"))).toEqual([]);
});

test("several at once share one token, one project and each role", async () => {
  const services = ["a", "b", "c"].map((name) =>
    wanted({ catalogue: [], users: [user(name, "pwd", "service")] }),
  );
  await Promise.all(services.map((each) => ensureEntries(each, same)));
  expect(keystone.tables.projects).toHaveLength(1);
  expect(keystone.tables.roles?.map(({ name }) => name).sort()).toEqual(["reader", "service"]);
  expect(keystone.tables.users).toHaveLength(3);
  expect(keystone.tokens).toBe(1);
});

test("nothing but the account is looked for where all is as it should be: each list is asked for once", async () => {
  await ensureEntries(wanted(), same);
  keystone.requests.length = 0;
  await ensureEntries(wanted(), same);
  expect(keystone.requests.map((line) => line.replace(/\d+/g, "N"))).toEqual([
    "GET /vN/services",
    "GET /vN/endpoints",
    "GET /vN/roles",
    "GET /vN/users",
    "POST /vN/auth/tokens",
    "PUT /vN/projects/projectN/users/userN/roles/roleN",
    "PUT /vN/projects/projectN/users/userN/roles/roleN",
  ]);
});

test("an account that somebody else makes meanwhile with another password gets ours", async () => {
  await ensureEntries(wanted({ catalogue: [], users: [user("nova", "theirs")] }), same);
  keystone.hidden = 1;
  await ensureEntries(wanted({ catalogue: [], users: [user("nova", "ours")] }), same);
  expect(keystone.tables.users).toMatchObject([{ name: "nova", password: "ours" }]);
});

test("an entry speaks only of entries before it, whose names are all different", () => {
  const { entries, puts } = wanted({ users: [user("glance", "p", "admin"), user("nova", "p", "service")] });
  const names = entries.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const spokenOf = (value: unknown) =>
    [...JSON.stringify(value).matchAll(/"idOf":"([^"]*)"/g)].map(([, n]) => n);
  for (const [at, entry] of entries.entries())
    expect(names.slice(0, at)).toEqual(expect.arrayContaining(spokenOf(entry)));
  expect(names).toEqual(expect.arrayContaining(spokenOf(puts)));
});

test("a refused administrator is told in Keystone's words", async () => {
  await expect(ensureEntries(wanted({}, { keystone_admin_user: "nobody" }), same)).rejects.toThrow(
    "a token for nobody was answered with 401: The password is wrong",
  );
});
