import type { LabRecord, Side } from "../../../lab/record.ts";
import { errnoOf, withSql } from "../../../lab/sql.ts";

/** Rows that come, change and go, as audits, counters and heartbeats do. */
export const writtenTables: readonly string[] = [
  "DROP DATABASE IF EXISTS written",
  "CREATE DATABASE written",
  "CREATE TABLE written.audit(goid BINARY(16) PRIMARY KEY, at DATETIME(6), text TEXT, KEY(at))",
  "CREATE TABLE written.counter(id INT PRIMARY KEY, n BIGINT)",
  "INSERT INTO written.counter VALUES (1, 0), (2, 0)",
  "CREATE TABLE written.heartbeat(n BIGINT)",
  "INSERT INTO written.heartbeat VALUES (1)",
];

export const writtenNames: readonly string[] = ["written.audit", "written.counter", "written.heartbeat"];

export interface Writers {
  /** Transactions committed. */
  stop(): Promise<number>;
}

/** Two connections that write without pause. */
export const startWriters = (record: LabRecord, side: Side): Writers => {
  let stopped = false;
  let committed = 0;
  const write = async (id: number): Promise<void> =>
    withSql(record, side, async (sql) => {
      for (let turn = 1; !stopped; turn += 1) {
        const statements = [
          "BEGIN",
          "INSERT INTO written.audit VALUES (RANDOM_BYTES(16), NOW(6), REPEAT('x', 200))",
          `UPDATE written.counter SET n = n + 1 WHERE id = ${id}`,
          ...(turn % 3 === 0 ? ["DELETE FROM written.audit ORDER BY at LIMIT 2"] : []),
          ...(id === 1 && turn % 2 === 0 ? ["UPDATE written.heartbeat SET n = n + 1"] : []),
          "COMMIT",
        ];
        try {
          for (const statement of statements) await sql.query(statement);
          committed += 1;
        } catch (error) {
          // 1213: two writers wanted each other's rows.
          if (errnoOf(error) !== 1213) throw error;
        }
      }
    });
  const writers = Promise.all([write(1), write(2)]);
  return {
    async stop() {
      stopped = true;
      await writers;
      return committed;
    },
  };
};
