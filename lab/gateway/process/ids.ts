import type { Sql } from "./session.ts";

/** Numbers that a gateway takes from one block before it asks the database for the next. */
const blockSize = 32_768;

/**
 * Numeric ids, as the product makes them: a block's number from next_hi(), which gives odd ones on server 1 and even
 * ones on server 2, and a count within the block. A block is asked for outside any transaction: the function changes a
 * table that is not transactional, which a server in GTID mode refuses in one (1785).
 */
export function idSource(tookBlock: (database: string) => void): (sql: Sql) => Promise<number> {
  let block = 0;
  let used = blockSize;
  return async (sql) => {
    if (used === blockSize) {
      const [row] = await sql.query("SELECT next_hi() AS block");
      block = Number(row?.block);
      used = 0;
      tookBlock(sql.database);
    }
    used += 1;
    return block * blockSize + used - 1;
  };
}
