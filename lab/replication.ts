import { secret } from "./passwords.ts";
import { addressOf, type LabRecord, otherSide, type Side } from "./record.ts";
import { type Sql, withSql } from "./sql.ts";
import { waitFor } from "./wait.ts";

/** The link whose replica is one side, as that side shows it. */
export interface LinkStatus {
  readonly replica: Side;
  readonly sourceHost: string;
  readonly io: string;
  readonly sql: string;
  readonly ioErrno: number;
  readonly ioError: string;
  readonly sqlErrno: number;
  readonly sqlError: string;
  readonly secondsBehind: number | null;
  /** Where the replica has applied the source's log. */
  readonly file: string;
  readonly offset: number;
}

/** Words that changed in 8.2 and 8.4; the lab's servers share all others. */
const isOld = (record: LabRecord): boolean => record.server.version.startsWith("8.0");

export const resetLogs = (record: LabRecord): string =>
  isOld(record) ? "RESET MASTER" : "RESET BINARY LOGS AND GTIDS";

export async function coordinates(
  record: LabRecord,
  sql: Sql,
): Promise<{ file: string; offset: number; gtid: string }> {
  const text = isOld(record) ? "SHOW MASTER STATUS" : "SHOW BINARY LOG STATUS";
  const [row] = await sql.query<{ File: string; Position: number; Executed_Gtid_Set: string }>(text);
  return { file: row?.File ?? "", offset: row?.Position ?? 0, gtid: row?.Executed_Gtid_Set ?? "" };
}

/** undefined: this side was never told of a source. */
export async function linkStatus(record: LabRecord, replica: Side): Promise<LinkStatus | undefined> {
  return withSql(record, replica, async (sql) => {
    const [row] = await sql.query<Record<string, string | number | null>>("SHOW REPLICA STATUS");
    const workers = await sql.query<{ message: string }>(
      "SELECT last_error_message AS message FROM performance_schema.replication_applier_status_by_worker WHERE last_error_number <> 0",
    );
    if (!row) return undefined;
    return {
      replica,
      sourceHost: String(row.Source_Host),
      io: String(row.Replica_IO_Running),
      sql: String(row.Replica_SQL_Running),
      ioErrno: Number(row.Last_IO_Errno),
      ioError: String(row.Last_IO_Error),
      sqlErrno: Number(row.Last_SQL_Errno),
      // Newer servers name table and key only in the worker's own row.
      sqlError: workers[0]?.message ?? String(row.Last_SQL_Error),
      secondsBehind: row.Seconds_Behind_Source === null ? null : Number(row.Seconds_Behind_Source),
      file: String(row.Relay_Source_Log_File),
      offset: Number(row.Exec_Source_Log_Pos),
    };
  });
}

/** Points one side at the other and starts it. `from`: the source's coordinates; servers with GTID need none. */
export async function wire(record: LabRecord, replica: Side, from: { file: string; offset: number }): Promise<void> {
  const source = otherSide(replica);
  const place = record.server.gtid
    ? { text: "SOURCE_AUTO_POSITION = 1", values: [] }
    : { text: "SOURCE_LOG_FILE = ?, SOURCE_LOG_POS = ?", values: [from.file, from.offset] };
  await withSql(record, replica, async (sql) => {
    await sql.query(
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST = ?, SOURCE_PORT = ?, SOURCE_USER = 'repluser', SOURCE_PASSWORD = ?,
       SOURCE_BIND = ?, SOURCE_CONNECT_RETRY = 2, SOURCE_RETRY_COUNT = 86400, GET_SOURCE_PUBLIC_KEY = 1, ${place.text}`,
      [
        addressOf(record.index, source),
        record.ports.mysql,
        secret(record, `repl-${source}`),
        addressOf(record.index, replica),
        ...place.values,
      ],
    );
    await sql.query("START REPLICA");
  });
}

/** Makes two servers with the same contents and no writers into a pair: logs begin anew, links both ways. */
export async function wireBoth(record: LabRecord): Promise<void> {
  const first: Record<string, { file: string; offset: number }> = {};
  for (const side of ["primary", "secondary"] as const)
    await withSql(record, side, async (sql) => {
      await sql.query("STOP REPLICA");
      await sql.query("RESET REPLICA ALL");
      await sql.query(resetLogs(record));
      first[side] = await coordinates(record, sql);
    });
  for (const side of ["primary", "secondary"] as const)
    await wire(record, side, first[otherSide(side)] ?? { file: "", offset: 4 });
  for (const side of ["primary", "secondary"] as const) await waitRunning(record, side);
}

export const isRunning = (link: LinkStatus | undefined): boolean => link?.io === "Yes" && link.sql === "Yes";

export async function waitRunning(record: LabRecord, replica: Side): Promise<void> {
  let seen: LinkStatus | undefined;
  await waitFor(
    `replication on the ${replica} to run`,
    async () => {
      seen = await linkStatus(record, replica);
      return isRunning(seen);
    },
    30_000,
    () => describe(seen),
  );
}

/** Waits until the replica has applied all that its source has written by now. */
export async function waitCaughtUp(record: LabRecord, replica: Side, limitMs = 60_000): Promise<void> {
  const target = await withSql(record, otherSide(replica), (sql) => coordinates(record, sql));
  const [question, values] = record.server.gtid
    ? ["SELECT WAIT_FOR_EXECUTED_GTID_SET(?, 1) = 0 AS done", [target.gtid]]
    : ["SELECT SOURCE_POS_WAIT(?, ?, 1) >= 0 AS done", [target.file, target.offset]];
  await withSql(record, replica, (sql) =>
    waitFor(
      `the ${replica} to catch up`,
      async () => (await sql.query<{ done: number | null }>(String(question), values as unknown[]))[0]?.done === 1,
      limitMs,
    ),
  );
}

/** One line about a link, for people. */
export function describe(link: LinkStatus | undefined): string {
  if (!link) return "not configured";
  const errors = [
    link.ioErrno ? `IO error ${link.ioErrno}: ${short(link.ioError)}` : "",
    link.sqlErrno ? `SQL error ${link.sqlErrno}: ${short(link.sqlError)}` : "",
  ].filter(Boolean);
  const lag = isRunning(link) ? `, ${link.secondsBehind ?? "?"} s behind` : "";
  return [`from ${link.sourceHost}, IO ${link.io}, SQL ${link.sql}${lag}`, ...errors].join("; ");
}

/** Binary keys stand in messages escaped; enough of them is enough. */
const short = (text: string): string => (text.length > 260 ? `${text.slice(0, 257)}...` : text);

/** Ends the threads that send binary logs. The sender of a stopped replica would notice only at its next event. */
export async function endSenders(sql: Sql): Promise<void> {
  const senders = await sql.query<{ id: number }>(
    "SELECT processlist_id AS id FROM performance_schema.threads WHERE processlist_command LIKE 'Binlog Dump%'",
  );
  for (const { id } of senders) await sql.query("KILL ?", [id]).catch(() => {}); // gone in the moment
}
