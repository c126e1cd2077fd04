import { connect as connectSocket } from "node:net";
import mysql, { type Connection } from "mysql2/promise";
import type { DatabaseAddress } from "../options.ts";
import type { GatewaySettings } from "./settings.ts";

export type Connect = (database: DatabaseAddress) => Promise<Connection>;

/** Sessions come from the host's own address, so that each server sees which gateway it has. */
export const connectFrom =
  (settings: GatewaySettings): Connect =>
  async (database) => {
    const connection = await mysql.createConnection({
      stream: () => connectSocket({ ...database, localAddress: settings.address, noDelay: true }),
      user: settings.user,
      password: settings.password,
      database: settings.schema,
      charset: "utf8mb4",
      supportBigNumbers: true,
      connectTimeout: settings.timing.connectTimeoutMs,
    });
    connection.on("error", () => {}); // the statement that runs, or the next one, reports it
    return connection;
  };

export const databaseText = ({ host, port }: DatabaseAddress): string => `${host}:${port}`;

/**
 * Whether the connection is gone or was not to be had, as JDBC tells it: SQL state 08, or no word of the server at all.
 * A refusal (access denied, offline mode, read only) is none.
 */
export function isConnectionError(error: unknown): boolean {
  const { sqlState, errno, fatal, code } = error as {
    sqlState?: string;
    errno?: number;
    fatal?: boolean;
    code?: string;
  };
  if (sqlState) return sqlState.startsWith("08");
  return fatal === true || errno === undefined || errno < 0 || code === "PROTOCOL_SEQUENCE_TIMEOUT";
}
