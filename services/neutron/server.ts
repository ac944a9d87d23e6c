import type { ContainerPart } from "#model";
import { queueProgram } from "#openstack";
import { neutron } from "./api.ts";
import type { Context } from "./context.ts";
import { ML2_CONF, ml2ConfFile, NEUTRON_CONF, neutronConfFile, pluginFiles } from "./files.ts";

/** What the servers beside the API are told to read. */
const CONFIGS = `--config-file ${NEUTRON_CONF} --config-file ${ML2_CONF}`;

/** The network API. Agents are answered by neutron-rpc-server, so an API process never waits for them. */
export function api(context: Context): ContainerPart {
  const { host } = context;
  const { part, server } = neutron.served(context);
  return {
    ...part,
    files: [
      neutronConfFile(context, "neutron-server"),
      ml2ConfFile(context),
      ...pluginFiles(context),
      server,
      {
        name: "api-paste.ini",
        dest: "/etc/neutron/api-paste.ini",
        content: { first: [`neutron/${host.name}/api-paste.ini`, "neutron/api-paste.ini"] },
      },
    ],
  };
}

/** Answers the agents. */
export function rpcServer(context: Context): ContainerPart {
  return {
    ...queueProgram(context, "neutron", `neutron-rpc-server ${CONFIGS}`),
    files: [neutronConfFile(context, "neutron-rpc-server"), ml2ConfFile(context), ...pluginFiles(context)],
  };
}

/** Tidies up from time to time: agents that fell silent, networks without a DHCP server. */
export function periodicWorker(context: Context): ContainerPart {
  const { database_port: database } = context.opt;
  return {
    ...queueProgram(context, "neutron", `neutron-periodic-workers ${CONFIGS}`, [database]),
    files: [
      neutronConfFile(context, "neutron-periodic-worker"),
      ml2ConfFile(context),
      ...pluginFiles(context),
    ],
  };
}
