import type { Coordinates, LogPosition } from "./position.ts";
import type { ReplicaStatus } from "./replica-status.ts";
import type { AccountRights } from "./rights.ts";
import type { Statement } from "./statement.ts";

export type Family = "mysql-5" | "mysql-8.0" | "mysql-8.4" | "mariadb";
export type Row = Readonly<Record<string, unknown>>;

/** How a replica is told where to read: account, address and start. */
export interface SourceSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Local address for the outgoing connection; not known to MariaDB. */
  readonly bindAddress?: string | undefined;
  /** The link must be encrypted. Absent: the server's own default (on from MySQL 8.4, off before). */
  readonly tls?: boolean | undefined;
  /** gtid: auto-position (MySQL) or slave_pos (MariaDB); else coordinates. */
  readonly start: "gtid" | Coordinates;
}

export interface EventName {
  readonly schema: string;
  readonly name: string;
}

/** definer: user@host. */
export type DefinedEvent = EventName & { readonly definer: string };

/** Everything that differs between server generations. Pure: it returns statements and reads rows. */
export interface Dialect {
  readonly family: Family;
  /** False: the repair is refused with a reason; observation works. */
  readonly repairable: boolean;
  /** What our accounts need here. */
  readonly rights: AccountRights;

  showReplicaStatus(): Statement;
  /** Applier workers' own errors; undefined where the status row has them. */
  showWorkerErrors(): Statement | undefined;
  parseReplicaStatus(rows: readonly Row[], workerErrors: readonly Row[]): readonly ReplicaStatus[];
  /** Who has registered as a replica of this server: { Server_id, Host }. */
  showRegisteredReplicas(): Statement;
  showLogPosition(): Statement;
  /** undefined: the binary log is off. */
  parseLogPosition(rows: readonly Row[], gtidMode: boolean): LogPosition | undefined;

  stopReplica(thread?: "io" | "sql"): Statement;
  startReplica(): Statement;
  resetReplicaAll(): Statement;
  /** Empties the binary log and the executed GTID set. */
  resetLogs(): Statement;
  setSource(settings: SourceSettings): Statement;
  /** Seeds the executed GTID set right after resetLogs. */
  seedGtid(set: string): Statement;
  /** Yields one row { result }: see readWait. Waits on the server for at most `seconds`. With GTID it waits on although the applier is dead. */
  waitFor(position: LogPosition, gtidMode: boolean, seconds: number): Statement;
  readWait(rows: readonly Row[], gtidMode: boolean): "reached" | "timeout" | "applier-stopped";

  /** Persisted read-only, no replica autostart, application logins refused (FENCE: survives a restart). In order. */
  fence(): readonly Statement[];
  /** After a restart the link stays stopped until it is started on purpose; part of the fence. */
  forbidAutostart(): readonly Statement[];
  allowAutostart(): readonly Statement[];
  /** super_read_only off in memory only: a load is refused under it (1290), the persisted value returns with a restart. Undone by fence(). */
  allowLoad(): readonly Statement[];
  /** The part of the fence that refuses application logins; read-only stays as it is. */
  refuseLogins(): readonly Statement[];
  /** Lets application logins in again; read-only stays. */
  liftLoginRefusal(): readonly Statement[];
  liftReadOnly(): readonly Statement[];
  /** Read-only in memory only, for the donor while the gateways are stopped; `off` puts it back. */
  holdWrites(): readonly Statement[];
  releaseWrites(): readonly Statement[];
  createReplicationAccount(user: string, host: string, password: string): readonly Statement[];
  dropAccount(user: string, host: string): Statement;
  /**
   * DISABLE ON SLAVE: as replication marks a replica's copy, which runs on the source alone. The definer stays; unless it
   * is told, the caller would become it.
   */
  alterEvent(event: DefinedEvent, state: "ENABLE" | "DISABLE ON SLAVE"): Statement;
  /** Extra options of this family's mysqldump for a logical clone. */
  readonly dumpOptions: readonly string[];
}
