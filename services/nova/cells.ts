import { type ExecPart, type JobPart, shell } from "#model";
import { configured, databaseUrl, dueOn, transportUrl } from "#openstack";
import bootstrap from "./bootstrap.sh";
import { type Context, schemata } from "./context.ts";
import discoverHosts from "./discover-hosts.sh";

/** Makes the three schemata and the cells: due again with a new image or when an address or password changes. */
export function schemaJobs(context: Context): readonly JobPart<"nova-conductor">[] {
  const { api, cell0, cell } = schemata(context.opt);
  const addresses = [api, cell0, cell].map((need) => databaseUrl(context, need));
  return [
    {
      name: "bootstrap",
      like: "nova-conductor",
      waitsFor: "database",
      command: configured(...shell("bootstrap", bootstrap, cell0.schema, context.opt.nova_cell_name)),
      key: dueOn(...addresses, transportUrl(context), context.opt.nova_cell_name),
      timeoutSeconds: 900,
    },
  ];
}

/** Seconds that compute hosts have to register after their containers are healthy. */
const REGISTER_SECONDS = 180;

/** Puts compute hosts into the cell once they have registered: until then no server is placed on them. */
export function discovery({ site }: Context): ExecPart<"nova-conductor"> {
  const hosts = site.hosts("compute").map((host) => host.nodename);
  return {
    name: "discover-hosts",
    container: "nova-conductor",
    user: "nova",
    command: shell("discover-hosts", discoverHosts, String(REGISTER_SECONDS), ...hosts),
    after: ["nova-compute"],
    timeoutSeconds: REGISTER_SECONDS + 60,
  };
}
