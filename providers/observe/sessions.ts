import { sql } from "../mysql/statement.ts";
import type { Node, Session } from "../node/node.ts";

const STATEMENT_MS = 15_000;

export interface ClientSession {
  readonly id: number;
  readonly user: string;
  /** Address or name, without the port. */
  readonly host: string;
  readonly command: string;
  /** How long it has been in this state. */
  readonly seconds: number;
}

interface ProcessRow {
  readonly Id: number | string;
  readonly User: string;
  readonly Host: string | null;
  readonly Command: string | null;
  readonly Time: number | string | null;
}

export interface SessionsSeen {
  readonly sessions: readonly ClientSession[];
  /** Age of the oldest open transaction; 0: none. */
  readonly oldestTransactionSeconds: number;
}

/**
 * All sessions of the server. Without the PROCESS privilege the process list silently shows the own sessions only, and
 * "no session of the gateway" would be a guess: INNODB_TRX is asked as well, which is refused (1227) without it.
 * trx_started is in the server's own time zone, whatever the session's.
 * SHOW PROCESSLIST, because it exists in every version and needs no performance_schema.
 */
export const readSessions = async (session: Pick<Session, "query">): Promise<SessionsSeen> => {
  const transactions = await session.query<{ seconds: number | string | null }>(
    sql`SELECT TIMESTAMPDIFF(SECOND, MIN(trx_started), CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', 'SYSTEM')) AS seconds FROM information_schema.INNODB_TRX`,
    STATEMENT_MS,
  );
  const rows = await session.query<ProcessRow>(sql`SHOW PROCESSLIST`, STATEMENT_MS);
  return {
    sessions: rows.map((row) => ({
      id: Number(row.Id),
      user: row.User,
      host: (row.Host ?? "").replace(/:\d+$/, ""),
      command: row.Command ?? "",
      seconds: Number(row.Time ?? 0),
    })),
    oldestTransactionSeconds: Math.max(0, Number(transactions[0]?.seconds ?? 0)),
  };
};

const isDumpThread = ({ command }: ClientSession): boolean => command.startsWith("Binlog Dump");

export const sessionsOf = (seen: readonly ClientSession[], accounts: readonly string[]): readonly ClientSession[] =>
  seen.filter((session) => accounts.includes(session.user) && !isDumpThread(session));

/** Hosts of the replicas that read from this server. */
export const dumpThreadHosts = (seen: readonly ClientSession[]): readonly string[] =>
  seen.filter(isDumpThread).map(({ host }) => host);

/** Sessions of the application's accounts on one server. Throws where it could not look: silence is no proof. */
export const applicationSessions = async (
  node: Pick<Node, "query">,
  accounts: readonly string[],
): Promise<readonly ClientSession[]> => sessionsOf((await readSessions(node)).sessions, accounts);
