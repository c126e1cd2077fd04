import type { Family } from "../mysql/dialect.ts";
import type { LogPosition } from "../mysql/position.ts";
import type { ReplicaStatus } from "../mysql/replica-status.ts";
import type { Side } from "../pair.ts";

export interface RegisteredReplica {
  readonly serverId: number;
  /** report_host; empty: it gave none. */
  readonly host: string;
}

/** How far a node's clock is ahead of the clock of whoever looks, in seconds: a reading takes time to arrive. */
export interface ClockAhead {
  readonly least: number;
  readonly most: number;
}

/** What a node answered; nothing here is a conclusion. */
export interface NodeFacts {
  readonly version: string;
  readonly family: Family;
  /** Global variables, lower-case names; see observe/node-facts.ts for which. */
  readonly variables: Readonly<Record<string, string>>;
  readonly replicas: readonly ReplicaStatus[];
  /** undefined: the binary log is off. */
  readonly log: LogPosition | undefined;
  /**
   * The same, read again after both nodes were asked: what a replica had by then its source must have here. The first
   * reading cannot tell, because the replica may have been read later. Absent: the other node could not be asked.
   */
  readonly logAfter?: LogPosition | undefined;
  /** Sessions of the application's accounts. */
  readonly applicationSessions: readonly { readonly user: string; readonly host: string }[];
  /** Replicas that read from this server, as host or address. */
  readonly dumpThreads: readonly string[];
  /** What these replicas said of themselves. Absent: the account may not see it (REPLICATION SLAVE). */
  readonly registeredReplicas?: readonly RegisteredReplica[] | undefined;
  /** Age of the oldest open transaction; 0: none. A global lock would queue behind it. */
  readonly oldestTransactionSeconds: number;
  /** Data and index bytes of user schemas, by schema. */
  readonly schemaBytes: Readonly<Record<string, number>>;
  /** server_ids of events logged during this look that neither node bears. Absent: not looked at. */
  readonly foreignServerIds?: readonly number[] | undefined;
  /** Of its binary log, and of every link to come; those in force on a link stand in its status. */
  readonly filters: readonly string[];
  /** Backup or dump processes seen on the node. */
  readonly backupProcesses: readonly string[];
  readonly clockAhead: ClockAhead;
  /** The data folder and our folders by their names, without symbolic links. Absent: the host could not tell. */
  readonly realPaths?: Readonly<Record<string, string>> | undefined;
  /** Run state found in the state folder; see runbook/journal.ts. Absent: none. */
  readonly run?: RunTrace | undefined;
}

/** What the state folder of a node says of runs. */
export interface RunTrace {
  readonly lock?:
    | {
        readonly owner: string;
        readonly runId: string;
        readonly beatAgeSeconds: number;
        /** Its process ran on the machine that looks, and is gone. */
        readonly ownerGone: boolean;
      }
    | undefined;
  /** Jobs that are alive on the node; absent: none. */
  readonly jobs?: readonly { readonly runId: string; readonly name: string }[] | undefined;
  /** Servers as serverIdentity writes them. */
  readonly fence?: { readonly runId: string; readonly donor: string; readonly recipient: string } | undefined;
  readonly journal?:
    | {
        readonly runId: string;
        readonly donor: string;
        readonly recipient: string;
        /** Digest of the change that the stack had which ran it. */
        readonly triggers?: string | undefined;
        /** Number of them. */
        readonly events: number;
        readonly state: string;
        readonly lastStep: string;
        /** See milestones in runbook/journal.ts. */
        readonly destroying: boolean;
        readonly lifting: boolean;
        readonly copyProved: boolean;
        readonly finished: boolean;
      }
    | undefined;
  /** What the guard of that run's gateways did when it no longer heard of the run; `at` by the node's clock. */
  readonly guard?: { readonly runId: string; readonly acted: boolean; readonly at: string } | undefined;
}

/** "could not look" is an answer of its own. */
export type NodeObservation =
  | { readonly reachable: true; readonly facts: NodeFacts }
  | {
      readonly reachable: false;
      readonly reason: string;
      /** "server-down" (the host answers, its MySQL server does not), or as in observe/could-not-look.ts. */
      readonly code: string;
      /** What the state folder says, where at least the host could be asked. */
      readonly run?: RunTrace | undefined;
    };

/** One link looked at twice: how far the replica got towards where the source stood at the first look. */
export interface LinkSample {
  /** The replica reached the position that its source had at the first look. undefined: could not be told. */
  readonly reached: boolean | undefined;
  /** The source's position moved between the looks (so that `reached` proves a live link). */
  readonly moved: boolean;
  /** Age of the last heartbeat or event, where the server tells it. */
  readonly heartbeatAgeSeconds?: number | undefined;
  readonly waitedMs: number;
}

/** Contents of one table on both sides, as far as looked at. */
export interface TableDifference {
  readonly schema: string;
  readonly table: string;
  /** This side has no such table at all. */
  readonly missingOn?: Side | undefined;
  /** Columns that are defined differently, in words; rows are then equal where all values of both are. */
  readonly structure?: string | undefined;
  readonly rows: { readonly primary: number; readonly secondary: number };
  /** Keys of rows that only this side has; at most 20 shown. */
  readonly onlyOn: Readonly<Record<Side, { readonly count: number; readonly keys: readonly string[] }>>;
  /** Same key, other contents. */
  readonly changed: { readonly count: number; readonly keys: readonly string[] };
}

/** Anything that is not a row: definitions compared without what may differ between two good nodes. */
export interface ObjectDifference {
  readonly kind: "schema" | "table" | "view" | "function" | "procedure" | "trigger" | "event";
  /** "schema.name". */
  readonly name: string;
  readonly what: "only-on-primary" | "only-on-secondary" | "differs";
}

export interface Contents {
  /** Tables compared and equal or not; tables left out say why. */
  readonly tablesCompared: number;
  readonly differences: readonly TableDifference[];
  /** Absent: not looked at. */
  readonly objects?: readonly ObjectDifference[] | undefined;
  readonly skipped: readonly { readonly table: string; readonly reason: string }[];
}

export interface GatewayHostFacts {
  readonly name: string;
  readonly reachable: boolean;
  readonly reason?: string | undefined;
  readonly processes: number;
  /** Those of the service's ports on which something listens. */
  readonly listeningPorts: readonly number[];
  /** Failover order of node.properties: "host:port" of main, then failover. Empty: not read. */
  readonly failoverOrder: readonly string[];
  readonly nodeId?: string | undefined;
}

export interface PairObservation {
  readonly primary: NodeObservation;
  readonly secondary: NodeObservation;
  readonly hosts: readonly GatewayHostFacts[];
  /** By the side of the replica; absent where a side could not be asked or has no link. */
  readonly links: Readonly<Partial<Record<Side, LinkSample>>>;
  /** Absent: not compared in this observation. */
  readonly contents?: Contents | undefined;
}
