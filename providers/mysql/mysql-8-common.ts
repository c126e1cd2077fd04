import type { Dialect, SourceSettings } from "./dialect.ts";
import { parseLogPosition, readWait } from "./log-position.ts";
import { parseReplicaStatus } from "./parse-replica-status.ts";
import { connectRetry } from "./retry.ts";
import { type Statement, sql } from "./statement.ts";

/** What all servers from 8.0 on have in common; `words` says which tongue they speak about links. */
export const eightCommon = (words: "replica" | "slave", posWait: "SOURCE_POS_WAIT" | "MASTER_POS_WAIT") => {
  const replica = words === "replica" ? "REPLICA" : "SLAVE";
  return {
    showReplicaStatus: () => ({ sql: `SHOW ${replica} STATUS` }),
    showRegisteredReplicas: () => ({ sql: words === "replica" ? "SHOW REPLICAS" : "SHOW SLAVE HOSTS" }),
    showWorkerErrors: () =>
      sql`SELECT CHANNEL_NAME, WORKER_ID, LAST_ERROR_NUMBER, LAST_ERROR_MESSAGE, APPLYING_TRANSACTION_RETRIES_COUNT, APPLYING_TRANSACTION_LAST_TRANSIENT_ERROR_NUMBER, APPLYING_TRANSACTION_LAST_TRANSIENT_ERROR_MESSAGE FROM performance_schema.replication_applier_status_by_worker WHERE LAST_ERROR_NUMBER <> 0 OR APPLYING_TRANSACTION_RETRIES_COUNT > 0`,
    parseReplicaStatus,
    parseLogPosition,
    stopReplica: (thread) => ({ sql: `STOP ${replica}${thread ? ` ${thread.toUpperCase()}_THREAD` : ""}` }),
    startReplica: () => ({ sql: `START ${replica}` }),
    resetReplicaAll: () => ({ sql: `RESET ${replica} ALL` }),
    setSource: (settings) => setSource(settings, words),
    // A dump of 9.x writes the set with a leading "+", which means: add to what is there.
    seedGtid: (set) => sql`SET GLOBAL gtid_purged = ${set.replace(/^\s*\+/, "").replace(/\s+/g, "")}`,
    waitFor: (position, gtidMode, seconds) =>
      gtidMode
        ? sql`SELECT WAIT_FOR_EXECUTED_GTID_SET(${position.gtid ?? ""}, ${seconds}) AS result`
        : { sql: `SELECT ${posWait}(?, ?, ?) AS result`, values: [position.file, position.offset, seconds] },
    readWait,
    createReplicationAccount: (user, host, password) => [
      sql`CREATE USER IF NOT EXISTS ${user}@${host} IDENTIFIED BY ${password}`,
      // A run that goes on in another process has another password.
      // The server's default_password_lifetime would end the link one day.
      sql`ALTER USER ${user}@${host} IDENTIFIED BY ${password} PASSWORD EXPIRE NEVER`,
      sql`GRANT REPLICATION SLAVE ON *.* TO ${user}@${host}`,
    ],
    dropAccount: (user, host) => sql`DROP USER IF EXISTS ${user}@${host}`,
    // SLAVE: the old word, which every server up to 9.x takes; DISABLE ON REPLICA came with 8.4.
    alterEvent: ({ schema, name, definer }, state) => {
      const at = definer.lastIndexOf("@");
      const values = [definer.slice(0, at), definer.slice(at + 1), schema, name];
      return { sql: `ALTER DEFINER = ?@? EVENT ??.?? ${state}`, values };
    },
    // The clone's coordinates are taken by the runbook; a GTID set inside the dump would make half a load look complete.
    dumpOptions: ["--set-gtid-purged=OFF"],
  } satisfies Partial<Dialect>;
};

/** GET_SOURCE_PUBLIC_KEY: without it caching_sha2_password works only while the account is in the source's cache (2061). */
const setSource = (settings: SourceSettings, words: "replica" | "slave"): Statement => {
  const source = words === "replica" ? "SOURCE" : "MASTER";
  const { host, port, user, password, bindAddress, tls, start } = settings;
  const options: readonly (readonly [string, unknown])[] = [
    [`${source}_HOST`, host],
    [`${source}_PORT`, port],
    [`${source}_USER`, user],
    [`${source}_PASSWORD`, password],
    ...(bindAddress === undefined ? [] : [[`${source}_BIND`, bindAddress] as const]),
    [`${source}_CONNECT_RETRY`, connectRetry.seconds],
    [`${source}_RETRY_COUNT`, connectRetry.times],
    ...(tls === undefined ? [] : [[`${source}_SSL`, tls ? 1 : 0] as const]),
    [`GET_${source}_PUBLIC_KEY`, 1],
    ...(start === "gtid"
      ? [[`${source}_AUTO_POSITION`, 1] as const]
      : ([
          [`${source}_AUTO_POSITION`, 0],
          [`${source}_LOG_FILE`, start.file],
          [`${source}_LOG_POS`, start.offset],
        ] as const)),
  ];
  return {
    sql: `CHANGE ${words === "replica" ? "REPLICATION SOURCE" : "MASTER"} TO ${options.map(([name]) => `${name} = ?`).join(", ")}`,
    values: options.map(([, value]) => value),
  };
};
