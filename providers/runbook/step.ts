import type { EventName } from "../mysql/dialect.ts";
import type { LogPosition } from "../mysql/position.ts";
import type { Node, Shell } from "../node/node.ts";
import type { Reach } from "../observe/observe.ts";
import type { Host, Pair, Side } from "../pair.ts";
import type { Plan } from "../plan/plan.ts";
import type { Profile } from "../profile/profile.ts";
import type { Guard } from "./guard.ts";
import type { Persisted } from "./persisted.ts";

export type ReadOnly = "off" | "read_only" | "super_read_only";

/** All that steps may know of each other; plain JSON, journalled on the nodes, no secret ever. */
export interface Facts {
  /** Gateway hosts that ran before this run touched anything; written once per run. */
  readonly gatewaysBefore?: readonly string[];
  /** Did the threads run before; written once per run. */
  readonly threadsBefore?: Readonly<Record<Side, boolean>>;
  /** The donor's link carried what the recipient was given until this attempt of the run has stopped it. */
  readonly donorLinkRan?: boolean;
  /** The same of the recipient's link: what the donor was given. */
  readonly recipientLinkRan?: boolean;
  /** Written once per run: what the undo and the end of the run put back. */
  readonly readOnlyBefore?: Readonly<Record<Side, ReadOnly>>;
  /** Variables of the fence that were persisted before this run; written once per run. */
  readonly persistedBefore?: Readonly<Record<Side, Persisted>>;
  /** Events that were enabled on the recipient; written once per run. */
  readonly eventsBefore?: readonly EventName[];
  /** max_allowed_packet of the recipient; written once per run. */
  readonly packetBytesBefore?: number;
  /** A link was encrypted before this run: both are afterwards. */
  readonly tlsBefore?: boolean;
  readonly backup?: { readonly file: string; readonly bytes: number; readonly sha256: string; readonly tables: number };
  /** An operator has named the run whose journal was lost (policy.confirmedRun): its recipient may be overwritten. */
  readonly confirmed?: true;
  readonly replicationAccount?: string;
  readonly compared?: {
    readonly tables: number;
    readonly recipientOnlyRows: number;
  };
  /** Files with rows that only the recipient had, of every attempt. */
  readonly savedRows?: readonly string[];
  /** Where the donor's log stands when the clone begins; nobody writes there until the gateways start. */
  readonly donorPosition?: LogPosition;
  readonly recipientPosition?: LogPosition;
  /** null: being made anew. */
  readonly clone?: { readonly bytes: number; readonly seconds: number; readonly tables: number } | null;
  /** The recipient reads the donor's log from where this copy stands; null: from where a copy stood that is gone. */
  readonly recipientWired?: true | null;
  /** null: no longer. */
  readonly contentsEqual?: { readonly tables: number } | null;
  /** The donor reads from this copy's log; null: from one that is gone. */
  readonly donorWired?: true | null;
  /** false: the fence was closed and proved. */
  readonly fenceLifted?: boolean;
  readonly gatewaysStarted?: readonly string[];
}

export interface GatewayHostShell {
  readonly host: Host & { readonly gateway: NonNullable<Host["gateway"]> };
  readonly shell: Shell;
}

/** What a step works with. */
export interface Context {
  readonly pair: Pair;
  readonly profile: Profile;
  readonly plan: Plan;
  readonly runId: string;
  readonly donor: Node;
  readonly recipient: Node;
  readonly node: (side: Side) => Node;
  readonly hosts: readonly GatewayHostShell[];
  readonly reach: Reach;
  readonly guard: Guard;
  /** Merged from the journal; what a step returns is added. */
  readonly facts: Facts;
  /** Password of this run's replication account: made anew in every process, kept in memory only. */
  readonly accountPassword: string;
  /** Journals facts before the act that rests on them: they are known even if it is cut short. */
  note(facts: Partial<Facts>): Promise<void>;
  /** Just before a destructive act: the lock is still ours, by asking both nodes now. */
  assertOurs(): Promise<void>;
  /** A line at the resource's row. ephemeral: a percentage, live only. */
  tell(text: string, ephemeral?: boolean): Promise<void>;
}

export type StepId = string;

export interface Step {
  readonly id: StepId;
  readonly timeoutMs: number;
  /** Absent: read-only or reversible. */
  readonly destroys?: "data" | "coordinates";
  /** A reason to skip it; makes a second run safe. */
  satisfied?(context: Context): Promise<string | undefined>;
  run(context: Context): Promise<Partial<Facts>>;
  /** Absent: there is no way back; keep the fence and the evidence, finish or halt. */
  undo?(context: Context): Promise<void>;
}

export const minutes = (count: number): number => count * 60_000;
