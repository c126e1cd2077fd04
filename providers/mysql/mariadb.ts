import type { Dialect } from "./dialect.ts";
import { healthOnly } from "./health-only.ts";
import { parseLogPosition, readWait } from "./log-position.ts";
import { parseReplicaStatus } from "./parse-replica-status.ts";
import { mariadbRights } from "./rights.ts";
import { sql } from "./statement.ts";

/** MariaDB 10.x, 11.x: watched, not repaired. It has no gtid_mode; its GTID positions are read from its variables. */
export const mariadb = (version: string): Dialect => ({
  ...healthOnly(`MariaDB ${version}`),
  family: "mariadb",
  rights: mariadbRights(version),
  // ALL: named connections are rows too, and gtid_slave_pos comes with them.
  showReplicaStatus: () => sql`SHOW ALL SLAVES STATUS`,
  showWorkerErrors: () => undefined,
  parseReplicaStatus,
  showRegisteredReplicas: () => sql`SHOW SLAVE HOSTS`,
  showLogPosition: () => sql`SHOW MASTER STATUS`,
  parseLogPosition: (rows) => parseLogPosition(rows, false),
  stopReplica: (thread) => ({ sql: `STOP SLAVE${thread ? ` ${thread.toUpperCase()}_THREAD` : ""}` }),
  startReplica: () => ({ sql: "START SLAVE" }),
  // Answers 0 and -1 as MASTER_POS_WAIT does.
  waitFor: (position, gtidMode, seconds) =>
    gtidMode
      ? sql`SELECT MASTER_GTID_WAIT(${position.gtid ?? ""}, ${seconds}) AS result`
      : sql`SELECT MASTER_POS_WAIT(${position.file}, ${position.offset}, ${seconds}) AS result`,
  readWait: (rows) => readWait(rows, false),
  dumpOptions: [],
});
