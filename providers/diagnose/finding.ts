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

export interface Health {
  readonly state: "replicating" | "degraded" | "broken" | "unknown";
  readonly findings: readonly Finding[];
}
