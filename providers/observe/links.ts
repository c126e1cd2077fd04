import { SqlError } from "../errors.ts";
import { type LogPosition, sameCoordinates } from "../mysql/position.ts";
import type { ReplicaStatus } from "../mysql/replica-status.ts";
import { sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";
import type { Side } from "../pair.ts";
import type { LinkSample } from "./observation.ts";

const STATEMENT_MS = 15_000;

export interface LinkLimits {
  /** How long a replica may take to reach where its source stood. Default 5 s. */
  readonly catchUpMs?: number | undefined;
}

/**
 * Both links, looked at twice: where the source stood, then how far its replica got. Reads only. A link without a
 * status row (never configured) is absent. Throws where a node cannot be asked.
 */
export const sampleLinks = async (
  primary: Node,
  secondary: Node,
  { catchUpMs = 5000 }: LinkLimits = {},
): Promise<Readonly<Partial<Record<Side, LinkSample>>>> => {
  const [ofPrimary, ofSecondary] = await Promise.all([
    sampleLink(primary, secondary, catchUpMs),
    sampleLink(secondary, primary, catchUpMs),
  ]);
  return { ...(ofPrimary && { primary: ofPrimary }), ...(ofSecondary && { secondary: ofSecondary }) };
};

const sampleLink = async (replica: Node, source: Node, catchUpMs: number): Promise<LinkSample | undefined> => {
  const startedMs = performance.now();
  // The source first: what it has now is what the replica must have later.
  const before = await logPosition(source);
  const status = await linkStatus(replica, source);
  if (!status) return undefined;
  const outcome = before && threadsRun(status) ? await waitForPosition(replica, before, catchUpMs) : undefined;
  const after = await logPosition(source);
  return {
    // Of a source without a binary log nothing can be said; a stopped thread will not get there.
    reached: before ? outcome === "reached" : undefined,
    moved: before !== undefined && after !== undefined && !samePosition(before, after),
    heartbeatAgeSeconds: await heartbeatAgeSeconds(replica, status.channel),
    waitedMs: Math.round(performance.now() - startedMs),
  };
};

/** "behind": not there at the limit. "no-link": no row for this source, or a thread that does not run. */
export type CatchUp = "reached" | "behind" | "no-link";

/** Waits until the replica has all that its source has at this moment. Reads only. */
export const waitForSource = async (replica: Node, source: Node, limitMs: number): Promise<CatchUp> => {
  const position = await logPosition(source);
  const status = await linkStatus(replica, source);
  if (!position || !status || !threadsRun(status)) return "no-link";
  const outcome = await waitForPosition(replica, position, limitMs);
  return outcome === "reached" ? "reached" : outcome === "timeout" ? "behind" : "no-link";
};

const threadsRun = ({ io, sql: applier }: ReplicaStatus): boolean =>
  io.state === "running" && applier.state === "running";

/** In short waits on the server: the shared connection is not held up, and costs no login of its own. */
const waitForPosition = async (
  replica: Node,
  position: LogPosition,
  limitMs: number,
): Promise<"reached" | "timeout" | "applier-stopped"> => {
  const gtidMode = position.gtid !== undefined;
  const statement = replica.dialect.waitFor(position, gtidMode, 1);
  const endsMs = performance.now() + limitMs;
  for (;;) {
    const rows = await replica.query<Record<string, unknown>>(statement, STATEMENT_MS);
    const outcome = replica.dialect.readWait(rows, gtidMode);
    if (outcome !== "timeout" || performance.now() >= endsMs) return outcome;
  }
};

const logPosition = async (node: Node): Promise<LogPosition | undefined> => {
  const mode = await node.query<{ Value: string }>(sql`SHOW GLOBAL VARIABLES LIKE 'gtid_mode'`, STATEMENT_MS);
  const rows = await node.query<Record<string, unknown>>(node.dialect.showLogPosition(), STATEMENT_MS);
  return node.dialect.parseLogPosition(rows, mode[0]?.Value.toUpperCase() === "ON");
};

/** The row that names this source by the address it replicates under; where only one row is there, that one. */
const linkStatus = async (replica: Node, source: Node): Promise<ReplicaStatus | undefined> => {
  const rows = await replica.query<Record<string, unknown>>(replica.dialect.showReplicaStatus(), STATEMENT_MS);
  const all = replica.dialect.parseReplicaStatus(rows, []).filter(({ sourceHost }) => sourceHost !== "");
  const { host, port } = source.host.replication;
  return (
    all.find((row) => row.sourceHost === host && row.sourcePort === port) ?? (all.length === 1 ? all[0] : undefined)
  );
};

const samePosition = (a: LogPosition, b: LogPosition): boolean => sameCoordinates(a, b) && a.gtid === b.gtid;

/** Errors of a server that has no such table or column, or does not show it to this account. */
const notTold = new Set([1044, 1054, 1142, 1143, 1146, 1227]);

/**
 * Seconds since the last heartbeat or event that the receiver took. Grows on a good link too, while all that the source
 * logs are this replica's own events coming back: they are passed over without a heartbeat.
 */
const heartbeatAgeSeconds = async (replica: Node, channel: string): Promise<number | undefined> => {
  try {
    const rows = await replica.query<{ age: number | string | null }>(
      sql`SELECT TIMESTAMPDIFF(MICROSECOND, GREATEST(LAST_HEARTBEAT_TIMESTAMP, LAST_QUEUED_TRANSACTION_END_QUEUE_TIMESTAMP), NOW(6)) / 1000000 AS age FROM performance_schema.replication_connection_status WHERE CHANNEL_NAME = ${channel}`,
      STATEMENT_MS,
    );
    const age = rows[0]?.age;
    return age === null || age === undefined ? undefined : Math.max(0, Number(age));
  } catch (error) {
    if (error instanceof SqlError && notTold.has(error.code)) return undefined;
    throw error;
  }
};
