import type { Coordinates } from "./position.ts";

/** An error in the server's own words. */
export interface Fault {
  readonly code: number;
  readonly message: string;
}

export interface Thread {
  readonly state: "running" | "connecting" | "stopped";
  /** Last error as the server tells it; absent: none. */
  readonly fault?: Fault | undefined;
  /** What the server says the thread is doing; "" where it says nothing. */
  readonly activity?: string | undefined;
}

/** One row of SHOW REPLICA STATUS, in the words of no particular server. */
export interface ReplicaStatus {
  readonly channel: string;
  readonly sourceHost: string;
  readonly sourcePort: number;
  readonly sourceUser: string;
  readonly sourceServerId: number;
  readonly sourceUuid?: string | undefined;
  readonly io: Thread;
  /** The applier. Where workers apply, `fault` is the worker's own (it names the table and the key), not the coordinator's. */
  readonly sql: Thread;
  /** A transaction that the applier tries again and again, such as one that waits for a row lock (1205). */
  readonly retrying?: (Fault & { readonly times: number }) | undefined;
  /** Never read it unless both threads run. */
  readonly lagSeconds: number | null;
  /** What the receiver has fetched, in the source's log. */
  readonly received: Coordinates;
  /** What the applier has executed, in the source's log. */
  readonly executed: Coordinates;
  readonly executedGtid?: string | undefined;
  readonly autoPosition: boolean;
  readonly relayLogBytes: number;
  /** Replication filters in force, as "Replicate_Do_DB=ssg"; empty: none. */
  readonly filters: readonly string[];
  readonly delaySeconds: number;
  readonly tls: boolean;
}
