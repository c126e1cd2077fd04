import { LimitError, SqlError } from "../errors.ts";
import type { Node } from "../node/node.ts";
import type { Side } from "../pair.ts";
import { type MatchedTable, matchTables, type TableChoice } from "./match-tables.ts";
import { compareObjects } from "./objects.ts";
import type { Contents, TableDifference } from "./observation.ts";
import { closeSnapshots, type Nodes, onBothSides, openSnapshots, type Snapshots } from "./snapshots.ts";
import { differenceOf } from "./table-difference.ts";
import { tableSums } from "./table-rows.ts";
import { readShapes } from "./table-shape.ts";

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
type Skipped = { readonly table: string; readonly reason: string };

interface EffectiveLimits {
  readonly tableRowsMax: number;
  readonly tableTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly catchUpMs: number;
}

interface Comparison {
  readonly nodes: Nodes;
  readonly donor: Side;
  readonly live: boolean;
  readonly limits: EffectiveLimits;
  readonly endsMs: number;
}

/**
 * Rows and definitions of both sides. First a count and a sum of hashes per table in one consistent snapshot of each
 * side; then, for tables that differ, which rows do. What was not compared is in `skipped`. Throws UnreachableError
 * where a side cannot be asked.
 */
export const compareContents = async (
  primary: Node,
  secondary: Node,
  options: CompareOptions = {},
): Promise<Contents> => {
  const limits = effectiveLimits(options.limits);
  const { donor = "primary", live = false } = options;
  const comparison = {
    nodes: { primary, secondary },
    donor,
    live,
    limits,
    endsMs: performance.now() + limits.totalTimeoutMs,
  };
  const sums = await compareSums(comparison, options);
  const rows = await compareRows(comparison, sums.unequal);
  const objects = options.tables ? undefined : await compareObjects(primary, secondary, options);
  return {
    tablesCompared: sums.equal + rows.compared,
    differences: rows.differences,
    ...(objects && { objects: objects.differences }),
    skipped: [...sums.skipped, ...rows.skipped, ...(objects?.skipped ?? [])],
  };
};

const effectiveLimits = (limits: CompareLimits = {}): EffectiveLimits => ({
  tableRowsMax: limits.tableRowsMax ?? Number.POSITIVE_INFINITY,
  tableTimeoutMs: limits.tableTimeoutMs ?? 30 * minutesMs,
  totalTimeoutMs: limits.totalTimeoutMs ?? 360 * minutesMs,
  catchUpMs: limits.catchUpMs ?? 10_000,
});

const compareSums = async (comparison: Comparison, options: CompareOptions) => {
  const { nodes, donor } = comparison;
  let snapshots = await openSnapshots(nodes, donor);
  const unequal: MatchedTable[] = [];
  const skipped: Skipped[] = [];
  let equal = 0;
  try {
    const tables = matchTables(await onBothSides((side) => readShapes(snapshots[side])), options);
    for (const [index, table] of tables.entries()) {
      options.onTable?.(table.name, index, tables.length);
      const reason = reasonToSkip(comparison, table);
      if (reason) skipped.push({ table: table.name, reason });
      else if (table.missingOn || table.structure) unequal.push(table);
      else {
        const outcome = await sameSums(comparison, snapshots, table).catch(couldNotCompare);
        if (outcome === true) equal += 1;
        else if (outcome === false) unequal.push(table);
        else {
          skipped.push({ table: table.name, reason: outcome });
          // Whether a session outlived its error is not certain; a new view of both sides is as good.
          await closeSnapshots(snapshots);
          snapshots = await openSnapshots(nodes, donor);
        }
      }
    }
  } finally {
    await closeSnapshots(snapshots);
  }
  return { unequal, skipped, equal };
};

const sameSums = async ({ limits }: Comparison, snapshots: Snapshots, table: MatchedTable): Promise<boolean> => {
  const { primary, secondary } = await onBothSides((side) =>
    tableSums(snapshots[side], table, side, limits.tableTimeoutMs),
  );
  return primary.rows === secondary.rows && primary.sum === secondary.sum;
};

const compareRows = async (comparison: Comparison, tables: readonly MatchedTable[]) => {
  const { nodes, donor, live, limits } = comparison;
  const differences: TableDifference[] = [];
  const skipped: Skipped[] = [];
  for (const table of tables) {
    const late = reasonToSkip(comparison, table);
    const outcome = late ?? (await differenceOf(nodes, donor, table, live, limits).catch(couldNotCompare));
    if (typeof outcome === "string") skipped.push({ table: table.name, reason: outcome });
    else if (outcome.kind === "undecided") skipped.push({ table: table.name, reason: outcome.reason });
    else if (outcome.kind === "different") differences.push(outcome.difference);
  }
  return { differences, skipped, compared: tables.length - skipped.length };
};

const reasonToSkip = ({ limits, endsMs }: Comparison, { rowsEstimate }: MatchedTable): string | undefined => {
  const { tableRowsMax, totalTimeoutMs } = limits;
  if (rowsEstimate > tableRowsMax)
    return `about ${rowsEstimate} rows, more than the ${tableRowsMax} that are compared here`;
  if (performance.now() > endsMs)
    return `the limit of ${Math.round(totalTimeoutMs / 1000)} s for all tables was used up`;
  return undefined;
};

/** A table that went away, changed, may not be read or takes too long is left out; a lost server ends the comparison. */
const couldNotCompare = (error: unknown): string => {
  if (error instanceof SqlError || error instanceof LimitError) return error.message;
  throw error;
};
