import type { FilePart, Ini } from "#model";
import { programConf } from "#openstack";
import { ml2Conf, neutronConf, type Program } from "./conf.ts";
import type { Context } from "./context.ts";

export const NEUTRON_CONF = "/etc/neutron/neutron.conf";
const ML2 = "/etc/neutron/plugins/ml2";
export const ML2_CONF = `${ML2}/ml2_conf.ini`;

/** neutron.conf of a program. */
export function neutronConfFile(context: Context, program: Program): FilePart {
  return programConf(context.host, { service: "neutron", program }, neutronConf(context, program));
}

/** ml2_conf.ini with the operator's neutron/ml2_conf.ini and neutron/<host>/ml2_conf.ini. */
export function ml2ConfFile(context: Context): FilePart {
  return agentFile(context, "ml2_conf.ini", ML2_CONF, ml2Conf(context));
}

/** The operator's neutron/plugins/: configuration of further drivers, beside ml2_conf.ini. */
export function pluginFiles({ site }: Context): FilePart[] {
  return site.overridesIn("neutron/plugins").map((name) => ({
    name,
    dest: `${ML2}/${name}`,
    content: { first: [`neutron/plugins/${name}`] },
  }));
}

/** A file of an agent, with the operator's neutron/<file> and neutron/<host>/<file>. */
export function agentFile(context: Context, name: string, dest: string, ini: Ini): FilePart {
  const overrides = [`neutron/${name}`, `neutron/${context.host.name}/${name}`];
  return { name, dest, content: { ini, overrides } };
}
