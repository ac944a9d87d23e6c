import { expect, test } from "vitest";
import { type HostView, Secret, type SiteView } from "#model";
import { OpenstackApi } from "./api.ts";

const facts = { type: "key-manager", description: "Keys", port: 9311, module: "keys.wsgi:application" };
const keys = new OpenstackApi("keys", {
  ...facts,
  title: "Keys",
  trial: "/keys?limit=1",
  check: "/healthcheck",
});
const telling = new OpenstackApi("keys", {
  ...facts,
  title: "Keys",
  calls: "the API of keys",
  check: "/",
  trial: "/keys?limit=1",
  program: "keys-door-server",
  file: "keys-door.conf",
  messaging: true,
  roles: ["service"],
  uwsgi: { threads: 4 },
  transfer: { what: "a bunch of keys", silence: "2h" },
  alone: "{{ true }}",
});

const values = {
  keys_api_port: 1,
  keys_api_public_port: 2,
  keys_api_listen_port: 3,
  keys_api_spare_port: 4,
  keys_internal_endpoint: "http://inside:1",
  keys_public_endpoint: "http://outside:2",
  keys_api_workers: 5,
  keys_keystone_user: "keys-account",
  keys_keystone_password: new Secret("account's"),
  keys_database_name: "schema",
  keys_database_user: "keys-at-database",
  keys_database_password: new Secret("database's"),
};

const secret = new Secret("broker's");
const host = { name: "one", apiAddress: "10.0.0.1" } as HostView;
const site = {
  hosts: () => [host],
  enabled: () => true,
  url: () => "http://identity",
  value: (option: string) => (option.endsWith("_topics") ? [] : false),
} as unknown as SiteView;
const brokers = {
  om_rpc_user: "u",
  om_rpc_password: secret,
  om_notify_user: "u",
  om_notify_password: secret,
};
const administrator = { keystone_admin_user: "admin", keystone_admin_password: new Secret("admin's") };
const context = { release: "2025.1", opt: { ...values, ...brokers, ...administrator } as never, host, site };

test("options have the names that Kolla-Ansible gives those of an API, with its program's name in those of ports", () => {
  expect(Object.keys(keys.options.all)).toEqual(Object.keys(values));
  expect(Object.keys(telling.options.ports)).toEqual([
    "keys_door_server_port",
    "keys_door_server_public_port",
    "keys_door_server_listen_port",
    "keys_door_server_spare_port",
  ]);
  expect(telling.options.endpoints.keys_internal_endpoint.default).toContain("keys_door_server_port");
  expect(telling.options.workers.keys_api_workers.doc).toBe("Processes of the API of keys on each host.");
});

test("load balancer, catalogue, database and account have the values of the options", () => {
  const { apis, databases, users, logs } = keys.usual.declare(values);
  expect(apis).toEqual([
    {
      name: "keys_api",
      group: "keys-api",
      mode: "http",
      port: 1,
      publicPort: 2,
      listenPort: 3,
      sparePort: 4,
      check: "/healthcheck",
      catalogue: {
        service: "keys",
        type: "key-manager",
        description: "Keys",
        internal: "http://inside:1",
        public: "http://outside:2",
      },
    },
  ]);
  expect(databases).toEqual([
    { schema: "schema", user: "keys-at-database", password: values.keys_database_password },
  ]);
  expect(users).toEqual([
    { name: "keys-account", password: values.keys_keystone_password, roles: ["admin"] },
  ]);
  expect(logs).toEqual(["keys"]);
});

test("an API needs brokers when it speaks through them, and then its configuration says how", () => {
  expect(keys.usual.needs).not.toContain("rabbitmq");
  expect(telling.usual.needs).toContain("rabbitmq");
  expect(Object.keys(keys.sections(context)).filter((name) => name.includes("messaging"))).toEqual([]);
  expect(telling.sections(context)).toHaveProperty("oslo_messaging_rabbit");
  expect(telling.sections(context).DEFAULT).toHaveProperty("transport_url");
  const pthread = (release: string) =>
    Object.hasOwn(
      telling.sections({ ...context, release }).oslo_messaging_rabbit ?? {},
      "heartbeat_in_pthread",
    );
  expect(["2025.1", "2026.1", "2026.2"].map(pthread)).toEqual([true, true, false]);
});

test("the container is asked for its health where the load balancer asks, and its own files come last", () => {
  const own = { name: "more", dest: "/etc/keys/more", content: "" };
  const part = keys.container(context, {}, { files: [own], environment: { A: "b" } });
  expect(part.health.test).toBe('healthcheck_curl "http://10.0.0.1:$KOLLA_PORT/healthcheck"');
  expect(part.environment).toEqual({ A: "b" });
  expect(part.trial).toMatchObject({
    path: "/keys?limit=1",
    account: { user: "admin", password: "admin's" },
  });
  expect(part.files?.map(({ dest }) => dest)).toEqual([
    "/etc/keys/keys.conf",
    "/etc/keys/keys-api-uwsgi.ini",
    "/etc/keys/more",
  ]);
});

test("a program and a file of other names are those of container, job, group and the operator's files", () => {
  expect(telling.usual.groups).toEqual({ keys: ["control"], "keys-door-server": ["keys"] });
  expect(telling.usual.containers).toEqual({
    "keys-door-server": { group: "keys-door-server", set: "keys-door-server-operation", alone: "{{ true }}" },
  });
  expect(telling.bootstrap.like).toBe("keys-door-server");
  const [conf, server] = telling.container(context, {}).files ?? [];
  expect(conf?.content).toMatchObject({
    overrides: ["global.conf", "keys.conf", "keys/keys-door-server.conf", "keys/one/keys-door.conf"],
  });
  expect(server?.content).toMatchObject({ ini: { uwsgi: { threads: 4, processes: 5 } } });
});

test("where something long goes through, the load balancer bears the silence that its options say", () => {
  const options = telling.options.all as Record<string, { default: unknown }>;
  expect(options.haproxy_keys_door_server_server_timeout?.default).toBe("2h");
  const set = {
    haproxy_keys_door_server_client_timeout: "3h",
    haproxy_keys_door_server_server_timeout: "4h",
  };
  expect(telling.api({ ...values, ...set } as never)).toMatchObject({
    frontendExtra: ["timeout client 3h"],
    backendExtra: ["timeout server 4h"],
  });
  expect(keys.api(values)).not.toHaveProperty("frontendExtra");
});

test("a configuration has a service's own sections in the midst of those that every API has", () => {
  const conf = keys.conf(context, { DEFAULT: { debug: true, own: 1 }, lock: { size: 2 } });
  expect(conf.DEFAULT).toMatchObject({ debug: true, own: 1, log_file: "/var/log/kolla/keys/keys-api.log" });
  expect(Object.keys(conf).slice(0, 5)).toEqual([
    "DEFAULT",
    "database",
    "keystone_authtoken",
    "lock",
    "cache",
  ]);
});
