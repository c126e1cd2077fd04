import { type Statement, sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";

/** On an own session with sql_log_bin off: nothing of it reaches the other node. */
export const unlogged = async (node: Node, statements: readonly Statement[], timeoutMs = 30_000): Promise<void> => {
  const session = await node.openSession(30_000);
  try {
    await session.query(sql`SET SESSION sql_log_bin = 0`, 30_000);
    for (const statement of statements) await session.query(statement, timeoutMs);
  } finally {
    await session.close();
  }
};
