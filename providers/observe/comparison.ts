import { LimitError, SqlError } from "../errors.ts";
import type { Node } from "../node/node.ts";
import { otherSide, type Side } from "../pair.ts";
import type { Nodes } from "./both-sides.ts";
import { type CatchUp, waitForSource } from "./links.ts";
import type { MatchedTable, TableChoice } from "./match-tables.ts";

export interface CompareLimits {
  /** Tables that the server estimates larger are left out; absent: none is. */
  readonly tableRowsMax?: number | undefined;
  /** Default 30 min. */
  readonly tableTimeoutMs?: number | undefined;
  /** Tables that would begin later are left out. Default 6 h. */
  readonly totalTimeoutMs?: number | undefined;
  /** See RowLimits. Default 10 s. */
  readonly catchUpMs?: number | undefined;
}

export interface CompareOptions extends TableChoice {
  /** Read last, so that nothing on its way counts as the recipient's own. Default: primary. */
  readonly donor?: Side | undefined;
  /**
   * The donor is being written: rows that differ are looked at again after the recipient caught up. What is then still
   * only on the recipient is its own; "only on the donor" and "changed" prove something only when nobody writes.
   */
  readonly live?: boolean | undefined;
  readonly limits?: CompareLimits | undefined;
  /** Called before each table. */
  readonly onTable?: ((name: string, done: number, all: number) => void) | undefined;
}

const minutesMs = 60_000;
export type Skipped = { readonly table: string; readonly reason: string };

export interface EffectiveLimits {
  readonly tableRowsMax: number;
  readonly tableTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly catchUpMs: number;
}

/** One comparison under way. */
export interface Comparison {
  readonly nodes: Nodes;
  readonly donor: Side;
  readonly live: boolean;
  readonly limits: EffectiveLimits;
  readonly endsMs: number;
}

export const startComparison = (primary: Node, secondary: Node, options: CompareOptions): Comparison => {
  const limits = effectiveLimits(options.limits);
  const { donor = "primary", live = false } = options;
  return { nodes: { primary, secondary }, donor, live, limits, endsMs: performance.now() + limits.totalTimeoutMs };
};

const effectiveLimits = (limits: CompareLimits = {}): EffectiveLimits => ({
  tableRowsMax: limits.tableRowsMax ?? Number.POSITIVE_INFINITY,
  tableTimeoutMs: limits.tableTimeoutMs ?? 360 * minutesMs,
  totalTimeoutMs: limits.totalTimeoutMs ?? 360 * minutesMs,
  catchUpMs: limits.catchUpMs ?? 10_000,
});

/** Waits until the recipient has what the donor has now. */
export const catchUp = ({ nodes, donor, limits }: Comparison): Promise<CatchUp> =>
  waitForSource(nodes[otherSide(donor)], nodes[donor], limits.catchUpMs);

export const reasonToSkip = ({ limits, endsMs }: Comparison, { rowsEstimate }: MatchedTable): string | undefined => {
  const { tableRowsMax, totalTimeoutMs } = limits;
  if (rowsEstimate > tableRowsMax)
    return `about ${rowsEstimate} rows, more than the ${tableRowsMax} that are compared here`;
  if (performance.now() > endsMs)
    return `the limit of ${Math.round(totalTimeoutMs / 1000)} s for all tables was used up`;
  return undefined;
};

/** A table that went away, changed, may not be read or takes too long is left out; a lost server ends the comparison. */
export const couldNotCompare = (error: unknown): string => {
  if (error instanceof SqlError || error instanceof LimitError) return error.message;
  throw error;
};
