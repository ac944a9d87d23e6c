import type { ContainerPart } from "#model";
import { slowStart } from "#openstack";
import { neutron } from "./api.ts";
import type { Context } from "./context.ts";
import { ML2_CONF, ml2ConfFile, NEUTRON_CONF, neutronConfFile, pluginFiles } from "./files.ts";

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
    command: `neutron-rpc-server --config-file ${NEUTRON_CONF} --config-file ${ML2_CONF}`,
    account: "neutron",
    files: [neutronConfFile(context, "neutron-rpc-server"), ml2ConfFile(context), ...pluginFiles(context)],
    health: { test: `healthcheck_port neutron-rpc-server ${context.opt.om_rpc_port}` },
    ...slowStart(),
  };
}

/** Tidies up from time to time: agents that fell silent, networks without a DHCP server. */
export function periodicWorker(context: Context): ContainerPart {
  const { om_rpc_port, database_port } = context.opt;
  return {
    command: `neutron-periodic-workers --config-file ${NEUTRON_CONF} --config-file ${ML2_CONF}`,
    account: "neutron",
    files: [
      neutronConfFile(context, "neutron-periodic-worker"),
      ml2ConfFile(context),
      ...pluginFiles(context),
    ],
    health: { test: `healthcheck_port neutron-periodic-workers ${database_port} ${om_rpc_port}` },
    ...slowStart(),
  };
}
