// Written by `npm run generate` from the folders beside it; do not edit.
import type { AnyService } from "#model";
import cron from "./cron/cron.ts";
import glance from "./glance/glance.ts";
import keystone from "./keystone/keystone.ts";
import mariadb from "./mariadb/mariadb.ts";
import memcached from "./memcached/memcached.ts";
import placement from "./placement/placement.ts";

export const services: readonly AnyService[] = [
  cron,
  glance,
  keystone,
  mariadb,
  memcached,
  placement,
];
