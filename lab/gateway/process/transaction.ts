import { isConnectionError } from "./connect.ts";
import type { Session, Sql } from "./session.ts";

/** COMMIT was sent and its answer never came: the rows may be there or not. */
export class CommitUnknown extends Error {
  override readonly name = "CommitUnknown";
  readonly database: string;
  constructor(database: string, cause: unknown) {
    super(`no answer to COMMIT from ${database}`, { cause });
    this.database = database;
  }
}

/** Runs `work` as one transaction. Returns the database that acknowledged the commit. */
export const commit = (session: Session, work: (sql: Sql) => Promise<void>): Promise<string> =>
  session.use(async (sql) => {
    await sql.query("BEGIN");
    try {
      await work(sql);
    } catch (error) {
      await rollBack(sql, error);
      throw error;
    }
    try {
      await sql.query("COMMIT");
    } catch (error) {
      if (isConnectionError(error)) throw new CommitUnknown(sql.database, error);
      await rollBack(sql, error);
      throw error;
    }
    return sql.database;
  });

/** A lost connection rolls back by itself; what else goes wrong here is shown by the next statement. */
const rollBack = async (sql: Sql, after: unknown): Promise<void> => {
  if (!isConnectionError(after)) await sql.query("ROLLBACK").catch(() => {});
};
