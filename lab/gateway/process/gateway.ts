import type { Log } from "./log.ts";
import type { Session, Sql } from "./session.ts";
import type { GatewaySettings } from "./settings.ts";
import { commit } from "./transaction.ts";

/** What the parts of a running gateway share. */
export interface Gateway {
  readonly settings: GatewaySettings;
  readonly log: Log;
  readonly newGoid: () => Buffer;
  readonly newId: (sql: Sql) => Promise<number>;
  /** Requests answered since the heartbeat before. */
  requests: number;
}

/** A write of the gateway as its log tells it; the audit's id or the table's name. */
export const committedText = (database: string, what: string): string => `Committed on ${database}: ${what}`;

/** Commits, and logs on which database. */
export async function write(
  gateway: Gateway,
  session: Session,
  what: string,
  work: (sql: Sql) => Promise<void>,
): Promise<void> {
  const database = await commit(session, work);
  gateway.log("INFO", "hibernate", committedText(database, what));
}

export const reasonOf = (error: unknown): string => {
  const { errno, message } = error as { errno?: number; message?: string };
  return errno !== undefined && errno > 0 ? `${errno} ${message}` : (message ?? String(error));
};

/** The 16 bytes that the schema's toGoid(kind, number) makes: how its first rows are known. */
export function seedGoid(kind: number, number: number): Buffer {
  const goid = Buffer.alloc(16);
  goid.writeUInt32BE(kind, 4);
  goid.writeUInt32BE(number, 12);
  return goid;
}
