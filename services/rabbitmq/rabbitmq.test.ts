import { expect, test } from "vitest";
import { Secret } from "#model";
import { accountsOf, definitions, enabledPlugins, hostTable, passwordClashes, rabbitmqConf } from "./conf.ts";

const BROKERS = [
  { name: "one", address: "10.0.0.1" },
  { name: "two", address: "10.0.0.2" },
];
const OPTIONS = {
  rabbitmq_port: 5672,
  rabbitmq_management_port: 15672,
  rabbitmq_cluster_port: 25672,
  rabbitmq_epmd_port: 4369,
  rabbitmq_prometheus_port: 15692,
  rabbitmq_cluster_name: "openstack",
  rabbitmq_vm_memory_high_watermark: "0.4",
  rabbitmq_server_additional_erl_args: "",
  rabbitmq_cluster_partition_handling: "pause_minority",
  rabbitmq_pid_file: "/run/pid",
  rabbitmq_plugins: [],
  rabbitmq_extra_config: {},
};

test("a member names all members and listens on its own address", () => {
  const conf = rabbitmqConf(OPTIONS, { name: "two", address: "10.0.0.2" }, BROKERS);
  expect(conf).toContain("listeners.tcp.1 = 10.0.0.2:5672\n");
  expect(conf).toContain("cluster_formation.classic_config.nodes.1 = rabbit@one\n");
  expect(conf).toContain("cluster_formation.classic_config.nodes.2 = rabbit@two\n");
});

test.each([
  ["0.4", "vm_memory_high_watermark.relative = 0.4"],
  ["1GB", "vm_memory_high_watermark.absolute = 1GB"],
])("a watermark of %s is written as %s", (rabbitmq_vm_memory_high_watermark, line) => {
  const [own] = BROKERS;
  if (!own) throw new Error("no broker");
  expect(rabbitmqConf({ ...OPTIONS, rabbitmq_vm_memory_high_watermark }, own, [own])).toContain(`${line}\n`);
});

test("members find each other without the host's table of names", () => {
  expect(hostTable(BROKERS)).toBe(
    '{host, {10,0,0,1}, ["one"]}.\n{host, {10,0,0,2}, ["two"]}.\n{lookup, [file, native]}.\n',
  );
});

test("only the administrator may change anything", () => {
  const accounts = [
    { name: "openstack", password: new Secret("p"), tags: "administrator", vhosts: ["/"] },
    { name: "look", password: new Secret("q"), tags: "monitoring" },
  ];
  expect(JSON.parse(definitions(accounts)).permissions).toEqual([
    { user: "openstack", vhost: "/", configure: ".*", write: ".*", read: ".*" },
    { user: "look", vhost: "/", configure: "^$", write: "^$", read: ".*" },
  ]);
});

test("a line that the operator sets otherwise stands once, and one that he adds stands too", () => {
  const [own] = BROKERS;
  if (!own) throw new Error("no broker");
  const rabbitmq_extra_config = { "log.console.level": "debug", channel_max: 100 };
  const conf = rabbitmqConf({ ...OPTIONS, rabbitmq_extra_config }, own, [own]);
  expect(conf.match(/log\.console\.level = .*/g)).toEqual(["log.console.level = debug"]);
  expect(conf).toContain("channel_max = 100\n");
});

test("a plugin is on unless a word for no says otherwise", () => {
  const rabbitmq_plugins = [{ name: "a" }, { name: "b", enabled: "yes" }, { name: "c", enabled: "False" }];
  expect(enabledPlugins({ rabbitmq_plugins })).toEqual(["a", "b"]);
});

const ACCOUNTS = {
  rabbitmq_user: "openstack",
  rabbitmq_password: new Secret("p"),
  rabbitmq_monitoring_user: "look",
  rabbitmq_monitoring_password: new Secret("q"),
  om_rpc_group: "rabbitmq",
  om_rpc_user: "openstack",
  om_rpc_password: new Secret("p"),
  om_rpc_vhost: "/",
  om_notify_group: "rabbitmq",
  om_notify_user: "openstack",
  om_notify_password: new Secret("p"),
  om_notify_vhost: "/",
};

test("services that come with the administrator's account need no other", () => {
  expect(accountsOf(ACCOUNTS).map(({ name }) => name)).toEqual(["openstack", "look"]);
});

test("who only tells what happens may do so in its own virtual host alone", () => {
  const own = { om_notify_user: "teller", om_notify_password: new Secret("t"), om_notify_vhost: "/told" };
  const { vhosts, permissions } = JSON.parse(definitions(accountsOf({ ...ACCOUNTS, ...own })));
  expect(vhosts.map(({ name }: { name: string }) => name)).toEqual(["/", "/told"]);
  expect(permissions.filter(({ user }: { user: string }) => user === "teller")).toEqual([
    { user: "teller", vhost: "/told", configure: ".*", write: ".*", read: ".*" },
  ]);
  expect(permissions).toContainEqual({
    user: "look",
    vhost: "/told",
    configure: "^$",
    write: "^$",
    read: ".*",
  });
});

test("accounts for other brokers are not made here", () => {
  const elsewhere = {
    om_notify_group: "others",
    om_notify_user: "teller",
    om_notify_password: new Secret("t"),
  };
  expect(accountsOf({ ...ACCOUNTS, ...elsewhere }).map(({ name }) => name)).toEqual(["openstack", "look"]);
  expect(
    passwordClashes({ ...ACCOUNTS, om_notify_group: "others", om_notify_password: new Secret("t") }),
  ).toEqual([]);
});

test("one account with two passwords is refused", () => {
  expect(passwordClashes(ACCOUNTS)).toEqual([]);
  expect(passwordClashes({ ...ACCOUNTS, om_notify_password: new Secret("t") })).toMatchObject([
    { option: "om_notify_password", hint: expect.stringContaining("om_notify_user") },
  ]);
});
