import { LimitError, SqlError } from "../errors.ts";
import type { Coordinates } from "../mysql/position.ts";
import { sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";

const STATEMENT_MS = 10_000;
const eventsMax = 500;

/**
 * server_ids that neither node bears, among the first events that this server logged after `from`, a place where an event
 * begins. An event of a foreign server_id is dropped by nobody and circles in a pair for ever, so it keeps coming by.
 * undefined: the log could not be read (REPLICATION SLAVE is needed), or it was purged meanwhile.
 */
export const foreignServerIds = async (
  node: Node,
  from: Coordinates,
  own: readonly number[],
): Promise<readonly number[] | undefined> => {
  try {
    const events = await node.query<{ Server_id: number | string }>(
      sql`SHOW BINLOG EVENTS IN ${from.file} FROM ${from.offset} LIMIT ${eventsMax}`,
      STATEMENT_MS,
    );
    return [...new Set(events.map(({ Server_id }) => Number(Server_id)))].filter((id) => !own.includes(id));
  } catch (error) {
    if (error instanceof SqlError || error instanceof LimitError) return undefined;
    throw error;
  }
};
