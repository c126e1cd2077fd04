import { secret } from "../passwords.ts";
import { addressOf, type LabRecord, otherSide, type Side } from "../record.ts";
import { errnoOf, withSql } from "../sql.ts";

const accessDenied = 1045;

/**
 * Gives a new server its accounts, unlogged: they are each node's own. root comes last, so a server whose root still
 * has no password is one where this did not end, and it is done again.
 */
export async function secureServer(record: LabRecord, side: Side): Promise<void> {
  try {
    await withSql(record, side, (sql) => sql.query("SELECT 1"));
  } catch (error) {
    if (errnoOf(error) !== accessDenied) throw error;
    await createAccounts(record, side, "");
  }
}

/** `rootPassword`: the one that root has until now. */
export async function createAccounts(record: LabRecord, side: Side, rootPassword: string): Promise<void> {
  const peer = addressOf(record.index, otherSide(side));
  const replication = secret(record, `repl-${side}`);
  const gateway = secret(record, "gateway");
  const statements: [text: string, values?: unknown[]][] = [
    ["SET sql_log_bin = 0"],
    ["CREATE USER IF NOT EXISTS repluser@? IDENTIFIED BY ?", [peer, replication]],
    ["ALTER USER repluser@? IDENTIFIED BY ?", [peer, replication]],
    ["GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO repluser@?", [peer]],
    ["CREATE USER IF NOT EXISTS gateway@'127.77.%' IDENTIFIED BY ?", [gateway]],
    ["ALTER USER gateway@'127.77.%' IDENTIFIED BY ?", [gateway]],
    ["GRANT ALL ON ssg.* TO gateway@'127.77.%'"],
    ["GRANT ALL ON otk_db.* TO gateway@'127.77.%'"],
    ["ALTER USER root@localhost IDENTIFIED BY ?", [secret(record, `root-${side}`)]],
  ];
  await withSql(
    record,
    side,
    async (sql) => {
      for (const [text, values] of statements) await sql.query(text, values);
    },
    { password: rootPassword },
  );
}
