import { describe, expect, test } from "vitest";
import { Secret } from "#model";
import bootstrap from "./bootstrap.sh";
import { galeraCnf, startEnvironment } from "./galera.ts";
import mariadb from "./mariadb.ts";

const OPTIONS = {
  mariadb_port: 3306,
  mariadb_wsrep_port: 4567,
  mariadb_ist_port: 4568,
  mariadb_sst_port: 4444,
  database_cluster_name: "openstack",
  mariadb_max_connections: 10000,
  mariadb_innodb_log_file_size_mb: 256,
  mariadb_innodb_buffer_pool_size_mb: 512,
  mariadb_recover_by_itself: true,
  mariadb_wsrep_extra_provider_options: [],
  database_max_timeout: 120,
  database_user: "root",
  database_password: new Secret("pass"),
};
const HOST = { nodename: "two", apiAddress: "10.0.0.2" } as never;

describe("galera.cnf", () => {
  test("a lone member makes a cluster of itself", () => {
    expect(galeraCnf(OPTIONS, HOST, ["10.0.0.2"]).mysqld?.wsrep_cluster_address).toBe("gcomm://");
  });

  test("one of several knows them all and listens on its own address only", () => {
    const { mysqld } = galeraCnf(OPTIONS, HOST, ["10.0.0.1", "10.0.0.2"]);
    expect(mysqld).toMatchObject({
      "bind-address": "10.0.0.2",
      wsrep_cluster_address: "gcomm://10.0.0.1:4567,10.0.0.2:4567",
      wsrep_provider_options: "gmcast.listen_addr=tcp://10.0.0.2:4567;ist.recv_addr=10.0.0.2:4568",
    });
  });
});

test("the operator's settings of Galera come behind ours, where they win", () => {
  const more = { ...OPTIONS, mariadb_wsrep_extra_provider_options: ["gcache.size=1G", "gcs.fc_limit=64"] };
  const { mysqld } = galeraCnf(more, HOST, ["10.0.0.2"]);
  expect(mysqld?.wsrep_provider_options).toMatch(/;gcache\.size=1G;gcs\.fc_limit=64$/);
});

test("a member starts with its peers, its place among the members, and no password", () => {
  expect(startEnvironment(OPTIONS, HOST, ["10.0.0.1", "10.0.0.2", "10.0.0.3"])).toEqual({
    GALERA_ADDRESS: "10.0.0.2",
    GALERA_PEERS: "10.0.0.1 10.0.0.3",
    GALERA_PLACE: "1",
    GALERA_PORT: "4567",
    GALERA_RECOVERS: "yes",
    MARIADB_PORT: "3306",
  });
});

test("the database is made once, and never where a cluster's server has been", () => {
  const parts = mariadb.define({
    opt: { ...OPTIONS, mariadb_datadir_volume: "mariadb" } as never,
    host: { ...(HOST as object), name: "two" } as never,
    site: { hosts: () => [HOST] } as never,
    release: "2025.1",
    phase: undefined,
  });
  expect(parts.jobs).toMatchObject([
    {
      key: "once",
      command: ["bash", "-c", bootstrap, "bootstrap"],
      environment: { DB_ROOT_PASSWORD: "pass" },
    },
  ]);
  expect(bootstrap).toContain("\n[[ -e /var/lib/mysql/grastate.dat ]] || exec kolla_start\n");
});
