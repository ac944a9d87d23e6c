import type { Connection } from "mysql2/promise";
import type { DatabaseAdmin } from "#model";
import { KollaError, sleep } from "#support";

/** How long a server may take to let anyone in, in seconds. */
const PATIENCE = 60;

/** Errors of a server that starts, joins its cluster, or sits behind a load balancer that has not seen it yet. */
const COMING_UP = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "PROTOCOL_CONNECTION_LOST",
  "ER_SERVER_SHUTDOWN",
  "ER_UNKNOWN_COM_ERROR",
  "ER_NOT_INITIALIZED",
]);
/** WSREP: the node is not ready for queries. */
const NOT_READY = 1047;

/** Executes statements one after the other; from the first again where the server goes meanwhile. Throws KOLLA_DATABASE. */
export async function executeStatements(admin: DatabaseAdmin, statements: readonly string[]): Promise<void> {
  await withDatabase(admin, PATIENCE, async (connection) => {
    for (const statement of statements) await connection.query(statement);
  });
}

/**
 * Works on a connection of the database's administrator; a server that is coming up is waited for.
 * Throws KOLLA_DATABASE with the server's own words.
 */
export async function withDatabase<T>(
  admin: DatabaseAdmin,
  patienceSeconds: number,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + patienceSeconds * 1000;
  for (;;) {
    try {
      return await once(admin, work);
    } catch (error) {
      if (!isComingUp(error) || Date.now() >= deadline) throw failure(admin, error);
      await sleep(1);
    }
  }
}

async function once<T>(admin: DatabaseAdmin, work: (connection: Connection) => Promise<T>): Promise<T> {
  const { host, port, user, password } = admin;
  // Loaded where it is needed alone: it would be a third of each start of the agent.
  const { createConnection } = await import("mysql2/promise");
  const connection = await createConnection({ host, port, user, password, connectTimeout: 10_000 });
  try {
    const result = await work(connection);
    await connection.end();
    return result;
  } finally {
    connection.destroy();
  }
}

function isComingUp(error: unknown): boolean {
  const { code = "", errno } = error as { code?: string; errno?: number };
  return COMING_UP.has(code) || errno === NOT_READY;
}

function failure(admin: DatabaseAdmin, error: unknown): KollaError {
  // A server quotes what it cannot read, and statements hold passwords.
  const words = (error as Error).message.replace(/ near '.*' at line/s, " at line");
  return new KollaError({
    code: "KOLLA_DATABASE",
    message: `The database at ${admin.host}:${admin.port} refused: ${words}`,
    hint: "kolla status says how the servers of the database are",
    cause: error,
  });
}
