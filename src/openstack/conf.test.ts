import { spawnSync } from "node:child_process";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import type { HostView } from "#model";
import { Secret } from "#model";
import { configured, dueOn } from "./commands.ts";
import type { ConfContext } from "./context.ts";
import { database, databaseUrl } from "./database.ts";
import { authtoken } from "./identity.ts";
import { messaging, transportUrl } from "./messaging.ts";
import { queueProgram } from "./queue-program.ts";
import { uwsgi } from "./uwsgi.ts";

const brokers = ["10.0.0.1", "10.0.0.2"].map((apiAddress) => ({ apiAddress }) as HostView);

function context(hosts: readonly HostView[] = brokers, memcached = true): ConfContext {
  const opt = {
    om_rpc_group: "rabbitmq",
    om_rpc_user: "openstack",
    om_rpc_port: 5672,
    om_rpc_vhost: "/",
    om_rabbitmq_qos_prefetch_count: 50,
    om_enable_rabbitmq_stream_fanout: true,
    om_rpc_password: new Secret("p@ss/word"),
    database_address: "10.0.0.250",
    database_port: 3306,
    database_max_pool_size: 1,
    database_connection_recycle_time: 10,
    memcached_port: 11211,
    memcache_security_strategy: "ENCRYPT",
    memcache_secret_key: new Secret("key"),
    default_project_domain_id: "default",
    default_user_domain_id: "default",
    openstack_region_name: "RegionOne",
    openstack_cacert: "",
  };
  const site = {
    hosts: () => hosts,
    enabled: () => memcached,
    url: (_type: string, reach: string) => `http://${reach}:5000`,
  };
  return { release: "2025.1", opt, site, host: { apiAddress: "10.0.0.1" } } as unknown as ConfContext;
}

test("all brokers are named, and what a URL could not hold is escaped", () => {
  expect(transportUrl(context()).reveal()).toBe(
    "rabbit://openstack:p%40ss%2Fword@10.0.0.1:5672,openstack:p%40ss%2Fword@10.0.0.2:5672//",
  );
});

test("a site without a broker is refused in the operator's words", () => {
  expect(() => transportUrl(context([]))).toThrow("No host is in the group rabbitmq");
});

test("addresses that hold passwords print as stars", () => {
  const url = databaseUrl(context(), { schema: "nova", user: "nova", password: new Secret("hidden") });
  expect(`${url} ${inspect(url)} ${JSON.stringify(url)}`).toBe('*** *** "***"');
  expect(url.reveal()).toBe("mysql+pymysql://nova:hidden@10.0.0.250:3306/nova");
});

test("a service waits for the database without end", () => {
  const section = database(context(), { schema: "s", user: "u", password: new Secret("p") });
  expect(section).toMatchObject({ max_retries: -1, max_pool_size: 1, connection_recycle_time: 10 });
});

test("streams have the prefetch count that they need", () => {
  expect(messaging(context())).toMatchObject({ rabbit_stream_fanout: true, rabbit_qos_prefetch_count: 50 });
});

test("tokens are cached in memcached, encrypted, and only where there is one", () => {
  const account = { user: "nova", password: new Secret("p") };
  expect(authtoken(context(), account)).toMatchObject({
    memcached_servers: "10.0.0.1:11211,10.0.0.2:11211",
    memcache_security_strategy: "ENCRYPT",
  });
  expect(authtoken(context(brokers, false), account)).toMatchObject({
    memcached_servers: undefined,
    memcache_security_strategy: undefined,
  });
});

test("programs with several threads do not take turns at accepting", () => {
  const program = { service: "glance", name: "glance-api", module: "m:a", port: 9292, processes: 2 };
  expect(uwsgi(context(), program)).toMatchObject({ "thunder-lock": true, threads: undefined });
  expect(uwsgi(context(), { ...program, threads: 4 })).toMatchObject({
    "thunder-lock": undefined,
    threads: 4,
  });
});

test("a job's key changes with a secret and does not show it", () => {
  const key = dueOn(new Secret("one"));
  expect(key).not.toContain("one");
  expect(key).not.toBe(dueOn(new Secret("two")));
  expect(key).toBe(dueOn(new Secret("one")));
});

test("a job puts its configuration in place before it works, and stops at the first failure", () => {
  const fakes = 'kolla_set_configs() { echo "configuration"; return "$FAILS"; }\nsudo() { shift; "$@"; }';
  const told = (fails: number): string =>
    spawnSync(
      "bash",
      [
        "-c",
        `${fakes}\nexport -f kolla_set_configs sudo\n"$@"`,
        "fakes",
        ...configured("echo", "two  words"),
      ],
      { encoding: "utf8", env: { ...process.env, FAILS: String(fails) } },
    ).stdout;
  expect(told(0)).toBe("configuration\ntwo  words\n");
  expect(told(1)).toBe("configuration\n");
});

test("a program of the queue is healthy while its process has a connection there, and to what else it names", () => {
  const { command, health } = queueProgram(context(), "nova", "nova-sweeper --config-file /x", [3306]);
  expect(command).toBe("nova-sweeper --config-file /x");
  expect(health.test).toBe("healthcheck_port nova-sweeper 3306 5672");
});
