import { addressOf, type LabRecord, otherSide, type Side } from "../record.ts";
import { coordinates } from "../replication.ts";
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
    // A file that a replica still reads is kept; the sender of a stopped replica notices at its next event.
    await waitFor(
      `the ${source} to purge its binary logs`,
      async () => {
        await endSendersTo(record, source, sql);
        const { file } = await coordinates(record, sql);
        await sql.query("PURGE BINARY LOGS TO ?", [file]);
        return (await sql.query("SHOW BINARY LOGS")).length === 1;
      },
      30_000,
    );
  });
  return goid;
}

async function endSendersTo(record: LabRecord, source: Side, sql: Parameters<typeof coordinates>[1]): Promise<void> {
  const senders = await sql.query<{ id: number }>(
    `SELECT processlist_id AS id FROM performance_schema.threads
     WHERE processlist_command LIKE 'Binlog Dump%' AND processlist_host = ?`,
    [addressOf(record.index, otherSide(source))],
  );
  for (const { id } of senders) await sql.query("KILL ?", [id]).catch(() => {}); // gone in the moment
}
