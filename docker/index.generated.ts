// Written by `npm run generate` from the folders beside it; do not edit.
import type { Project } from "#model";
import base from "./base/project.ts";
import cron from "./cron/project.ts";
import glance from "./glance/project.ts";
import haproxy from "./haproxy/project.ts";
import heat from "./heat/project.ts";
import keepalived from "./keepalived/project.ts";
import keystone from "./keystone/project.ts";
import kollaAgent from "./kolla-agent/project.ts";
import kollaToolbox from "./kolla-toolbox/project.ts";
import mariadb from "./mariadb/project.ts";
import memcached from "./memcached/project.ts";
import neutron from "./neutron/project.ts";
import nova from "./nova/project.ts";
import openstackBase from "./openstack-base/project.ts";
import openvswitch from "./openvswitch/project.ts";
import placement from "./placement/project.ts";
import rabbitmq from "./rabbitmq/project.ts";

export const projects: readonly Project[] = [
  base,
  cron,
  glance,
  haproxy,
  heat,
  keepalived,
  keystone,
  kollaAgent,
  kollaToolbox,
  mariadb,
  memcached,
  neutron,
  nova,
  openstackBase,
  openvswitch,
  placement,
  rabbitmq,
];
