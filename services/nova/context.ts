import type { DatabaseNeed, ServiceContext, SiteOptions, Values } from "#model";
import type { options } from "./options.ts";

export type Opt = Values<typeof options> & Values<SiteOptions>;
export type Context = ServiceContext<typeof options>;

/** The three schemata: above cells, for servers that found no host, and the cell itself. */
export function schemata(opt: Opt): Record<"api" | "cell0" | "cell", DatabaseNeed> {
  const cells = { user: opt.nova_database_user, password: opt.nova_database_password };
  return {
    api: {
      schema: opt.nova_api_database_name,
      user: opt.nova_api_database_user,
      password: opt.nova_api_database_password,
    },
    cell0: { schema: opt.nova_cell0_database_name, ...cells },
    cell: { schema: opt.nova_database_name, ...cells },
  };
}
