import type { Lab } from "../../lab/lab.ts";
import { withSql } from "../../lab/sql.ts";

/** Unlogged, so that no link carries it to the other side. */
export const onPrimaryAlone = (lab: Lab, ...statements: string[]): Promise<void> =>
  withSql(lab.record(), "primary", async (server) => {
    await server.query("SET sql_log_bin = 0");
    for (const statement of statements) await server.query(statement);
  });
