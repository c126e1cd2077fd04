import { isRunAccount } from "../mysql/run-accounts.ts";
import { sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";
import type { Refusal } from "../plan/plan.ts";

const STATEMENT_MS = 30_000;

/** The application could not use this node afterwards. Accounts that are not there are the configuration's business. */
export const accountsUnusable = async (node: Node, accounts: readonly string[]): Promise<readonly Refusal[]> => {
  if (accounts.length === 0) return [];
  const rows = await node.query<{ account: string; locked: string }>(
    sql`SELECT CONCAT(User, '@', Host) AS account, account_locked AS locked FROM mysql.user
        WHERE User IN (${accounts}) AND (account_locked = 'Y' OR password_expired = 'Y')`,
    STATEMENT_MS,
  );
  return rows.map(({ account, locked }) => ({
    code: "account-unusable",
    subject: node.host.name,
    message: `${account} is ${locked === "Y" ? "locked" : "expired"} on ${node.host.name}: the application cannot log in there`,
    hint: "ALTER USER there, unlogged: ACCOUNT UNLOCK, or a password (with SET GLOBAL super_read_only = OFF before where it is ON)",
  }));
};

/**
 * An open transaction of somebody who stays holds the locks that a DROP waits for, and what it wrote is in no copy. The
 * application's own end when its gateways stop; replication's are told by the link; a clone's is attached to, or ended.
 */
export const longTransactions = async (
  node: Node,
  accounts: readonly string[],
  secondsMax = 60,
): Promise<readonly Refusal[]> => {
  const rows = await node.query<{ id: string; user: string; host: string; seconds: string }>(
    sql`SELECT p.ID AS id, p.USER AS user, p.HOST AS host, TIMESTAMPDIFF(SECOND, t.trx_started, CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', 'SYSTEM')) AS seconds
        FROM information_schema.INNODB_TRX t JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id
        WHERE p.USER NOT IN (${["system user", "event_scheduler", ...accounts]})
          HAVING seconds >= ${secondsMax}`,
    STATEMENT_MS,
  );
  const others = rows.filter(({ user }) => !isRunAccount(user));
  return others.map(({ id, user, host, seconds }) => ({
    code: "long-transaction",
    subject: node.host.name,
    message: `session ${id} of ${user}@${host} on ${node.host.name} has a transaction open for ${seconds} s`,
    hint: `let it end, or end it (KILL ${id})`,
  }));
};
