import type { DatabaseNeed } from "#model";
import { Secret } from "#model";
import type { ConfContext, IniSection } from "./context.ts";

/** SQLAlchemy's address of a schema, with its account and password in it. */
export function databaseUrl(context: ConfContext, need: DatabaseNeed): Secret {
  const { database_address: address, database_port: port } = context.opt;
  const account = `${encodeURIComponent(need.user)}:${encodeURIComponent(need.password.reveal())}`;
  return new Secret(`mysql+pymysql://${account}@${address}:${port}/${need.schema}`);
}

/**
 * Section [database] of oslo.db (also [api_database] and [placement_database]).
 * One pooled connection a process and a short life: the load balancer closes what is idle. Retries never end, so a
 * service that starts before the database waits for it.
 */
export function database(context: ConfContext, need: DatabaseNeed): IniSection {
  return {
    connection: databaseUrl(context, need),
    connection_recycle_time: context.opt.database_connection_recycle_time,
    max_pool_size: context.opt.database_max_pool_size,
    max_overflow: 1000,
    max_retries: -1,
  };
}
