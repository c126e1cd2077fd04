import type { Node, Session } from "../node/node.ts";
import { fragment } from "./fragment.ts";

const OPEN_MS = 30_000;

/**
 * Settings that make a session's answers the same everywhere: UTC, no mode of the server's, sorting by whole keys.
 * Time-outs: while one side's rows are read, the other side's stream waits. The versioned comments are for
 * variables that older servers lack; MariaDB passes over both.
 */
const settings = fragment(
  "SET SESSION sql_mode = '', time_zone = '+00:00', max_sort_length = 4096, net_write_timeout = 7200, wait_timeout = 7200 /*!50708 , max_execution_time = 0 */ /*!80000 , information_schema_stats_expiry = 0 */",
);

/** A session that sees the catalogue and the rows as they are, without a transaction. */
export const openReadingSession = async (node: Node): Promise<Session> => {
  const session = await node.openSession(OPEN_MS);
  try {
    await session.query(settings, OPEN_MS);
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
};
