import type { LabRecord, Side } from "../record.ts";
import { coordinates, endSenders } from "../replication.ts";
import { withSql } from "../sql.ts";
import { waitFor } from "../wait.ts";
import { insertAudit, newGoid } from "./audits.ts";

/**
 * Writes a row on a server, begins a new binary log, and purges all older ones, so that a replica that was stopped
 * before can never fetch the row. Returns the key of the row.
 */
export async function writeAndPurge(record: LabRecord, source: Side, message: string): Promise<Buffer> {
  const goid = newGoid();
  await withSql(record, source, async (sql) => {
    await insertAudit(sql, goid, message);
    await sql.query("FLUSH BINARY LOGS");
    // A file that a replica still reads is kept; so its sender is ended.
    await waitFor(
      `the ${source} to purge its binary logs`,
      async () => {
        await endSenders(sql);
        const { file } = await coordinates(record, sql);
        await sql.query("PURGE BINARY LOGS TO ?", [file]);
        return (await sql.query("SHOW BINARY LOGS")).length === 1;
      },
      30_000,
    );
  });
  return goid;
}
