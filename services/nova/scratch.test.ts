import { readFileSync, writeFileSync } from "node:fs";
import { test } from "vitest";
import { formatError } from "#support";
import { compile } from "../../src/compile/index.ts";
import { allInOne } from "../../tests/golden/sites.ts";
import cron from "../cron/cron.ts";
import glance from "../glance/glance.ts";
import keystone from "../keystone/keystone.ts";
import loadbalancer from "../loadbalancer/loadbalancer.ts";
import mariadb from "../mariadb/mariadb.ts";
import memcached from "../memcached/memcached.ts";
import neutron from "../neutron/neutron.ts";
import openvswitch from "../openvswitch/openvswitch.ts";
import placement from "../placement/placement.ts";
import rabbitmq from "../rabbitmq/rabbitmq.ts";
import nova from "./nova.ts";

test("scratch", () => {
  const { desired, problems, warnings } = compile(
    [
      mariadb,
      memcached,
      rabbitmq,
      loadbalancer,
      cron,
      openvswitch,
      keystone,
      glance,
      placement,
      nova,
      neutron,
    ] as never,
    allInOne({
      kolla_internal_vip_address: "10.0.0.10",
      enable_haproxy: false,
      enable_keepalived: false,
      keystone_ssh_key: {
        private_key: readFileSync("/tmp/osall/k", "utf8").trim(),
        public_key: readFileSync("/tmp/osall/k.pub", "utf8").trim(),
      },
    }),
    {},
  );
  process.stdout.write([...problems, ...warnings].map(formatError).join("\n") + "\n");
  writeFileSync("/tmp/osall/desired.json", JSON.stringify(desired, null, 1));
});
