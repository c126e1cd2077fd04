import type { HostName } from "../record.ts";

export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
}

/** A gateway host as the lab wants it. */
export interface GatewayHostOptions {
  /** Absolute. The host's `service` command is made in its bin/, which must come first on the host's PATH. */
  readonly hostFolder: string;
  readonly hostName: HostName;
  /** Own loopback address: the gateway listens on it, and calls the databases from it. */
  readonly address: string;
  readonly httpPort: number;
  /** 32 hex digits. The lowest one of those that run is the cluster's master. */
  readonly nodeId: string;
  /** Failover order: main, then failover. */
  readonly databases: readonly [main: DatabaseAddress, failover: DatabaseAddress];
  readonly user: string;
  /** Readable by the owner alone; holds nothing but the password and perhaps a line end. */
  readonly passwordFile: string;
  /** Requests a second under load; 0 = a gateway that only keeps its heartbeats. */
  readonly ratePerSecond: number;
  /** Ids of committed audits; those whose commit was not answered go to `<ledgerFile>.unknown`. */
  readonly ledgerFile: string;
  /** Programs that `service mysql|mysqld <verb>` runs, each with the verb as its argument; absent: no such service. */
  readonly mysqlService?: { readonly start: string; readonly stop: string; readonly status: string };
  /** Absent ones: as the product has them. */
  readonly timing?: Partial<GatewayTiming>;
}

/** How often, how long. */
export interface GatewayTiming {
  /** cluster_info, cluster_master and service_metrics. */
  readonly heartbeatMs: number;
  /** The replication monitor's interval (db.replicationDelayCheckInterval). */
  readonly monitorIntervalMs: number;
  readonly monitorFirstMs: number;
  /** It warns from here on (db.replicationDelayThreshold). */
  readonly monitorThresholdMs: number;
  /** It repeats a warning no sooner (db.replicationErrorAuditInterval). */
  readonly monitorRepeatMs: number;
  /** A session on the second database tries the first one again after this time, or this many statements. */
  readonly failBackMs: number;
  readonly failBackStatements: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  /** A refused or lost session is made again no sooner. */
  readonly retryMs: number;
  readonly pingTimeoutMs: number;
}

export const productTiming: GatewayTiming = {
  heartbeatMs: 5000,
  monitorIntervalMs: 10_000,
  monitorFirstMs: 60_000,
  monitorThresholdMs: 60_000,
  monitorRepeatMs: 60 * 60_000,
  failBackMs: 30_000,
  failBackStatements: 50,
  connectTimeoutMs: 2000,
  statementTimeoutMs: 60_000,
  retryMs: 500,
  pingTimeoutMs: 5000,
};
