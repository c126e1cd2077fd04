import type { Dialect } from "./dialect.ts";
import { healthOnly } from "./health-only.ts";
import { parseLogPosition, readWait } from "./log-position.ts";
import { parseReplicaStatus } from "./parse-replica-status.ts";
import { fiveRights } from "./rights.ts";
import { sql } from "./statement.ts";
import { atLeast } from "./version.ts";

/** MySQL 5.6 and 5.7: watched, not repaired. */
export const mysql5 = (version: string): Dialect => ({
  ...healthOnly(`MySQL ${version}`),
  family: "mysql-5",
  rights: fiveRights,
  showReplicaStatus: () => sql`SHOW SLAVE STATUS`,
  showWorkerErrors: () =>
    atLeast(version, "5.7.0")
      ? sql`SELECT CHANNEL_NAME, WORKER_ID, LAST_ERROR_NUMBER, LAST_ERROR_MESSAGE FROM performance_schema.replication_applier_status_by_worker WHERE LAST_ERROR_NUMBER <> 0`
      : undefined,
  parseReplicaStatus,
  showRegisteredReplicas: () => sql`SHOW SLAVE HOSTS`,
  showLogPosition: () => sql`SHOW MASTER STATUS`,
  parseLogPosition,
  stopReplica: (thread) => ({ sql: `STOP SLAVE${thread ? ` ${thread.toUpperCase()}_THREAD` : ""}` }),
  startReplica: () => ({ sql: "START SLAVE" }),
  waitFor: (position, gtidMode, seconds) =>
    gtidMode && position.gtid !== undefined
      ? waitForGtid(version, position.gtid, seconds)
      : sql`SELECT MASTER_POS_WAIT(${position.file}, ${position.offset}, ${seconds}) AS result`,
  readWait: (rows, gtidMode) => readWait(rows, gtidMode && atLeast(version, "5.7.5")),
  dumpOptions: ["--set-gtid-purged=OFF"],
});

/** 5.6 has only the function that answers as MASTER_POS_WAIT does. */
const waitForGtid = (version: string, gtid: string, seconds: number) =>
  atLeast(version, "5.7.5")
    ? sql`SELECT WAIT_FOR_EXECUTED_GTID_SET(${gtid}, ${seconds}) AS result`
    : sql`SELECT WAIT_UNTIL_SQL_THREAD_AFTER_GTIDS(${gtid}, ${seconds}) AS result`;
