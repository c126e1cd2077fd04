import { SqlError } from "../errors.ts";
import type { Row } from "../mysql/dialect.ts";
import { isRunAccount } from "../mysql/run-accounts.ts";
import { sql } from "../mysql/statement.ts";
import type { Node, Shell } from "../node/node.ts";
import { isUserSchema } from "../profile/profile.ts";
import { couldNotLook } from "./could-not-look.ts";
import { lookAtHost } from "./host-look.ts";
import type { NodeFacts, NodeObservation, RunTrace } from "./observation.ts";
import { readRealPaths } from "./real-paths.ts";
import { notShown, readRegisteredReplicas, readReplicas } from "./replicas.ts";
import { type ClientSession, dumpThreadHosts, readSessions, sessionsOf } from "./sessions.ts";

const STATEMENT_MS = 20_000;

export interface LookOptions {
  readonly applicationAccounts: readonly string[];
  /** Reads lock, fence marker and journal in the state folder; belongs to the runbook, which is above this layer. */
  readonly readRunTrace?: ((shell: Shell) => Promise<RunTrace | undefined>) | undefined;
}

/** Names of every generation; a server tells those that it has. */
const variableNames: readonly string[] = [
  ...["version", "version_comment", "hostname", "port", "socket", "datadir", "server_id", "server_uuid", "uptime"],
  ...["gtid_mode", "enforce_gtid_consistency", "gtid_executed", "gtid_purged", "gtid_strict_mode"],
  ...["gtid_slave_pos", "gtid_binlog_pos", "replica_exec_mode", "slave_exec_mode"],
  ...["read_only", "super_read_only", "offline_mode", "init_connect", "event_scheduler", "require_secure_transport"],
  ...[
    "log_bin",
    "log_bin_basename",
    "binlog_format",
    "binlog_row_image",
    "sync_binlog",
    "innodb_flush_log_at_trx_commit",
  ],
  ...["log_replica_updates", "log_slave_updates", "skip_replica_start", "skip_slave_start", "replicate_same_server_id"],
  ...["replica_skip_errors", "slave_skip_errors", "replica_parallel_workers", "slave_parallel_workers"],
  ...["max_allowed_packet", "replica_max_allowed_packet", "slave_max_allowed_packet"],
  ...["auto_increment_increment", "auto_increment_offset", "sql_mode", "time_zone", "system_time_zone"],
  ...["character_set_server", "collation_server", "lower_case_table_names", "log_bin_trust_function_creators"],
  ...["replica_net_timeout", "slave_net_timeout", "max_connections", "report_host", "default_authentication_plugin"],
  ...["binlog_expire_logs_seconds", "expire_logs_days", "relay_log_recovery", "innodb_page_size"],
];

/**
 * Everything that is asked of a node, in one look: eight questions on the shared connection and two scripts. A node that
 * could not be asked is an answer (reachable: false), not an exception.
 */
export const observeNode = async (node: Node, options: LookOptions): Promise<NodeObservation> => {
  try {
    const asked = askServer(node, options.applicationAccounts);
    const [server, realPaths, host, run] = await Promise.all([
      asked,
      asked.then(({ variables }) => realPathsOf(node, variables.datadir)),
      lookAtHost(node),
      options.readRunTrace?.(node),
    ]);
    const backupProcesses = [...server.backupProcesses, ...host.backupProcesses];
    return { reachable: true, facts: { ...server, ...host, backupProcesses, realPaths, ...(run && { run }) } };
  } catch (error) {
    return couldNotLook(error);
  }
};

const realPathsOf = (node: Node, datadir: string | undefined): ReturnType<typeof readRealPaths> =>
  readRealPaths(node, [...(datadir ? [datadir] : []), node.host.stateFolder, node.host.backupFolder]);

type ServerFacts = Omit<NodeFacts, "clockAhead" | "realPaths" | "run">;

/** Sizes as they are, not as they were cached a day ago. The comment is for servers without that cache. */
const freshSizes = sql`SET SESSION sql_mode = @@SESSION.sql_mode /*!80000 , information_schema_stats_expiry = 0 */`;

const askServer = async (node: Node, accounts: readonly string[]): Promise<ServerFacts> => {
  const { dialect } = node;
  const variables = await readVariables(node);
  const replicas = await readReplicas(node);
  const logRows = await node.query<Row>(dialect.showLogPosition(), STATEMENT_MS);
  const log = dialect.parseLogPosition(logRows, variables.gtid_mode?.toUpperCase() === "ON");
  const { sessions, oldestTransactionSeconds } = await readSessions(node);
  await node.query(freshSizes, STATEMENT_MS);
  const version = variables.version ?? "";
  return {
    ...{ version, family: dialect.family, variables, replicas, log, oldestTransactionSeconds },
    schemaBytes: await readSchemaBytes(node),
    applicationSessions: sessionsOf(sessions, accounts).map(({ user, host }) => ({ user, host })),
    dumpThreads: dumpThreadHosts(sessions),
    registeredReplicas: await readRegisteredReplicas(node),
    filters: [...logFilters(logRows), ...(await readApplierFilters(node))],
    backupProcesses: await readDumpClients(node, sessions),
  };
};

const readVariables = async (node: Node): Promise<Readonly<Record<string, string>>> => {
  const rows = await node.query<{ Variable_name: string; Value: string }>(
    sql`SHOW GLOBAL VARIABLES WHERE Variable_name IN (${variableNames})`,
    STATEMENT_MS,
  );
  return Object.fromEntries(rows.map(({ Variable_name, Value }) => [Variable_name.toLowerCase(), Value]));
};

/** What a source leaves out of its own log. */
const logFilters = (rows: readonly Row[]): readonly string[] =>
  ["Binlog_Do_DB", "Binlog_Ignore_DB"].flatMap((name) => (rows[0]?.[name] ? [`${name}=${rows[0][name]}`] : []));

const NO_SUCH_TABLE = 1146;

/** Of the option file, which a link without a status row does not show; the table came with MySQL 8.0. */
const readApplierFilters = async (node: Node): Promise<readonly string[]> => {
  const rows = await node
    .query<Row>(
      sql`SELECT FILTER_NAME AS name, FILTER_RULE AS rule FROM performance_schema.replication_applier_global_filters WHERE FILTER_RULE <> ''`,
      STATEMENT_MS,
    )
    .catch((error: unknown) => (error instanceof SqlError && error.code === NO_SUCH_TABLE ? [] : notShown(error)));
  return rows.map(({ name, rule }) => `${name}=${rule}`);
};

const dumpTools: readonly string[] = [
  ...[
    "mysqldump",
    "mariadb-dump",
    "mysqlpump",
    "mydumper",
    "xtrabackup",
    "mariabackup",
    "mariadb-backup",
    "mysqlbackup",
  ],
];

/**
 * Backup tools that are logged in, by the name that their client library gives; not the clone of a run, whose session
 * outlives a host that loses its network.
 */
const readDumpClients = async (node: Node, sessions: readonly ClientSession[]): Promise<readonly string[]> => {
  const ours = sessions.filter(({ user }) => isRunAccount(user)).map(({ id }) => id);
  const rows = await node
    .query<Row>(
      sql`SELECT PROCESSLIST_ID AS id, ATTR_VALUE AS program FROM performance_schema.session_connect_attrs
          WHERE ATTR_NAME = 'program_name' AND ATTR_VALUE IN (${dumpTools})`,
      STATEMENT_MS,
    )
    .catch(notShown);
  return rows.filter(({ id }) => !ours.includes(Number(id))).map(({ id, program }) => `${program} (session ${id})`);
};

const readSchemaBytes = async (node: Node): Promise<NodeFacts["schemaBytes"]> => {
  const rows = await node.query<{ s: string; bytes: number | string | null }>(
    sql`SELECT TABLE_SCHEMA AS s, SUM(DATA_LENGTH + INDEX_LENGTH) AS bytes FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE' GROUP BY TABLE_SCHEMA ORDER BY 1`,
    STATEMENT_MS,
  );
  return Object.fromEntries(rows.filter(({ s }) => isUserSchema(s)).map(({ s, bytes }) => [s, Number(bytes ?? 0)]));
};
