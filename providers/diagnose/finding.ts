import type { RemedyKind, Side } from "../pair.ts";

/** A conclusion: code, one sentence, what it rests on, and what helps. `link-primary` is the link whose *replica* is the primary. */
export interface Finding {
  /** Stable kebab-case; has a row in docs/findings.md. */
  readonly code: string;
  readonly subject: Side | "pair" | "link-primary" | "link-secondary" | string;
  readonly severity: "broken" | "degraded" | "unknown" | "note";
  readonly sentence: string;
  /** Server's own words and numbers, redacted. */
  readonly evidence: string;
  /** The mildest remedy that may help; "none": not ours to mend (the advice says who mends it). */
  readonly remedy: RemedyKind | "none" | "wait";
  readonly advice: string;
}

/** How far runs have come, as the nodes tell it; the same from every checkout and without any state of the engine. */
export interface RunLook {
  /** S0 to S6, see docs/faults.md. */
  readonly state: string;
  /** A run that is at work or was cut short. */
  readonly runId?: string | undefined;
  readonly lastStep?: string | undefined;
  /** What an operator does now; "none". */
  readonly next: string;
}

export interface Health {
  readonly state: "replicating" | "degraded" | "broken" | "unknown";
  readonly findings: readonly Finding[];
  readonly run: RunLook;
}
