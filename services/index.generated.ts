// Written by `npm run generate` from the folders beside it; do not edit.
import type { AnyService } from "#model";
import cron from "./cron/cron.ts";
import glance from "./glance/glance.ts";
import heat from "./heat/heat.ts";
import keystone from "./keystone/keystone.ts";
import kollaToolbox from "./kolla-toolbox/kolla-toolbox.ts";
import loadbalancer from "./loadbalancer/loadbalancer.ts";
import mariadb from "./mariadb/mariadb.ts";
import memcached from "./memcached/memcached.ts";
import neutron from "./neutron/neutron.ts";
import nova from "./nova/nova.ts";
import openvswitch from "./openvswitch/openvswitch.ts";
import placement from "./placement/placement.ts";
import rabbitmq from "./rabbitmq/rabbitmq.ts";

export const services: readonly AnyService[] = [
  cron,
  glance,
  heat,
  keystone,
  kollaToolbox,
  loadbalancer,
  mariadb,
  memcached,
  neutron,
  nova,
  openvswitch,
  placement,
  rabbitmq,
];
