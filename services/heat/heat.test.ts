import { expect, test } from "vitest";
import type { Resource } from "#model";
import { formatError } from "#support";
import { compile } from "../../src/compile/index.ts";
import { allInOne } from "../../tests/golden/sites.ts";
import { services } from "../index.generated.ts";

function itemsWith(variables: Record<string, unknown> = {}) {
  const { desired, problems } = compile(services, allInOne(variables), {});
  expect(problems.map(formatError)).toEqual([]);
  return desired.hosts[0]?.items ?? [];
}

function confOf(program: string, variables: Record<string, unknown> = {}): string {
  const item = itemsWith(variables).find(({ id }) => id === `file:/etc/kolla/${program}/heat.conf`);
  return item?.kind === "file" ? item.content : "";
}

function identity(variables: Record<string, unknown> = {}): Extract<Resource, { kind: "rest" }> {
  const [found] = itemsWith(variables).flatMap((item) =>
    item.kind === "resource" && item.resource.kind === "rest" && /heat/.test(item.id) ? [item.resource] : [],
  );
  if (!found) throw new Error("Heat has nothing in Keystone");
  return found;
}

test("each program logs to its own file, and the engine alone has workers of its own", () => {
  expect(confOf("heat-api")).toContain("log_file = /var/log/kolla/heat/heat-api.log\n");
  expect(confOf("heat-api-cfn")).toContain("log_file = /var/log/kolla/heat/heat-api-cfn.log\n");
  const engine = confOf("heat-engine", { heat_engine_workers: 3 });
  expect(engine).toContain("log_dir = /var/log/kolla/heat\n");
  expect(engine).not.toContain("log_file");
  expect(engine).toContain("num_engine_workers = 3\n");
  expect(confOf("heat-api")).not.toContain("num_engine_workers");
});

test("servers signal at the address outside, whatever its name and port", () => {
  const text = confOf("heat-engine", {
    heat_cfn_external_fqdn: "signals.example",
    heat_api_cfn_public_port: 8001,
  });
  expect(text).toContain("heat_metadata_server_url = http://signals.example:8001\n");
  expect(text).toContain("heat_waitcondition_server_url = http://signals.example:8001/v1/waitcondition\n");
});

test("a trust is signed in for by the account alone, and Keystone is asked about signatures by it", () => {
  const text = confOf("heat-engine");
  const section = (name: string): string => text.split(`[${name}]\n`)[1]?.split("\n[")[0] ?? "";
  expect(section("trustee")).toContain("username = heat\npassword = secret-of-heat_keystone_password\n");
  expect(section("trustee")).not.toMatch(/^project/m);
  expect(section("ec2authtoken")).toMatch(/^project_name = service$/m);
  expect(section("ec2authtoken")).toMatch(/^auth_uri = http:.*\/v3$/m);
});

test("accounts of servers are of a domain of their own, which the account that makes them administers", () => {
  const { entries, puts } = identity();
  expect(entries).toContainEqual(
    expect.objectContaining({ path: "/domains", query: { name: "heat_user_domain" } }),
  );
  expect(entries).toContainEqual(
    expect.objectContaining({
      query: { name: "heat_domain_admin", domain_id: { idOf: "domain heat_user_domain" } },
    }),
  );
  expect(puts).toContainEqual([
    "domains",
    { idOf: "domain heat_user_domain" },
    "users",
    { idOf: "user heat_domain_admin of heat_user_domain" },
    "roles",
    { idOf: "role admin" },
  ]);
});

test("the administrator owns stacks, by the role that the operator names", () => {
  const { entries, puts } = identity({ heat_stack_owner_role: "owner", heat_stack_user_role: "signaller" });
  const roles = entries.filter(({ path }) => path === "/roles").map(({ name }) => name);
  expect(roles).toEqual(expect.arrayContaining(["role owner", "role signaller"]));
  expect(puts.at(-1)).toEqual([
    "projects",
    { idOf: "project of the administrator" },
    "users",
    { idOf: "administrator" },
    "roles",
    { idOf: "role owner" },
  ]);
});

test("the catalogue leads to both APIs, with the paths that clients expect", () => {
  const urls = identity().entries.flatMap(({ path, holds }) => (path === "/endpoints" ? [holds?.url] : []));
  expect(urls).toEqual([
    expect.stringMatching(/:8004\/v1\/%\(tenant_id\)s$/),
    expect.stringMatching(/:8004\/v1\/%\(tenant_id\)s$/),
    expect.stringMatching(/:8000\/v1$/),
    expect.stringMatching(/:8000\/v1$/),
  ]);
});
