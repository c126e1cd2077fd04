import type { Finding, Health } from "../diagnose/finding.ts";
import type { EndedRun, UnfinishedRun } from "../diagnose/reconcile.ts";
import type { Policy, RemedyKind, Side } from "../pair.ts";

/** What `read` keeps of an observation, enough to plan without asking again. */
export interface Observed {
  readonly nodes: Readonly<Record<Side, NodeSummary>>;
  /** Gateway hosts with a gateway process. */
  readonly gatewaysRunning: readonly string[];
  readonly unfinishedRun?: UnfinishedRun | undefined;
  /** The last run, if it ended healthy. */
  readonly endedRun?: EndedRun | undefined;
  /** A run that was ended before it let go of its lock. */
  readonly lockLeft?: string | undefined;
  /** Runs whose traces on the nodes prove nothing any more. */
  readonly voidRuns: readonly string[];
  /** What already speaks against a reinitialisation; empty: nothing that can be seen from here. */
  readonly refusals: readonly Refusal[];
}

export interface NodeSummary {
  readonly name: string;
  /** Absent: could not look. */
  readonly version?: string | undefined;
  readonly serverUuid?: string | undefined;
  readonly bytes: number;
}

export interface PlannedStep {
  readonly id: string;
  readonly title: string;
  /** Side on which a mild remedy acts. */
  readonly side?: Side | undefined;
}

/** Why a plan must not run. */
export interface Refusal {
  readonly code: string;
  readonly subject: string;
  readonly message: string;
  readonly hint: string;
}

export interface Plan {
  readonly remedy: RemedyKind | "none";
  readonly why: string;
  /** Why each milder rung is not enough. */
  readonly notMilder: readonly string[];
  readonly donor: Side;
  readonly recipient: Side;
  readonly steps: readonly PlannedStep[];
  /** The recipient's data is replaced. */
  readonly overwrites: boolean;
  /** Data and index bytes of the donor's user schemas. */
  readonly bytes: number;
  readonly estimatedSeconds: number;
  /** While the gateways are stopped; 0: they keep running. */
  readonly outageSeconds: number;
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly string[];
  /** The run to take up, if any. */
  readonly resumes?: UnfinishedRun | undefined;
  /** Runs whose traces are kept aside. */
  readonly voids: readonly string[];
}

export const refusalOf = ({ code, subject, sentence, evidence, advice }: Finding): Refusal => ({
  ...{ code, subject, hint: advice },
  message: evidence === "" || sentence.includes(evidence) ? sentence : `${sentence} (${evidence})`,
});

export interface PlanInput {
  readonly health: Health;
  readonly observed: Observed;
  readonly policy: Policy;
  /** A changed trigger: reinitialise although the pair is healthy. */
  readonly forced: boolean;
}

export const ladder: readonly RemedyKind[] = ["start-server", "start-threads", "repoint", "reinitialise"];

export const needsAttention = (finding: Finding): boolean =>
  finding.severity === "broken" || finding.severity === "unknown";
