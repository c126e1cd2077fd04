import { otherSide } from "../pair.ts";
import {
  type CompareOptions,
  type Comparison,
  catchUp,
  couldNotCompare,
  reasonToSkip,
  type Skipped,
} from "./comparison.ts";
import { differs, type UnequalTable } from "./look-again.ts";
import { type MatchedTable, matchTables, type TableChoice } from "./match-tables.ts";
import { compareObjects, type ObjectsCompared } from "./objects.ts";
import { closeSnapshots, onBothSides, openSnapshots, type Snapshots } from "./snapshots.ts";
import { type RowCounts, streamDifferences, tableSums } from "./table-rows.ts";
import { readShapes } from "./table-shape.ts";
import { tally } from "./tally.ts";

export interface TablesCompared {
  readonly equal: number;
  readonly unequal: readonly UnequalTable[];
  readonly skipped: readonly Skipped[];
  readonly objects: ObjectsCompared | undefined;
}

/**
 * Every table in one view of each side: number of rows and sum of their hashes; where these differ, row by row. Then the
 * definitions of everything else.
 */
export const compareTables = async (comparison: Comparison, options: CompareOptions): Promise<TablesCompared> => {
  const opened = await openMatched(comparison, options);
  const { tables } = opened;
  let { snapshots } = opened;
  const unequal: UnequalTable[] = [];
  const skipped: Skipped[] = [];
  let equal = 0;
  try {
    for (const [index, table] of tables.entries()) {
      options.onTable?.(table.name, index, tables.length);
      const late = reasonToSkip(comparison, table);
      const outcome = late ?? (await compareTable(comparison, snapshots, table).catch(couldNotCompare));
      if (outcome === "equal") equal += 1;
      else if (typeof outcome !== "string") unequal.push(outcome);
      else skipped.push({ table: table.name, reason: outcome });
      if (typeof outcome !== "string" || outcome === "equal" || outcome === late) continue;
      // Whether a session outlived its error is not certain; a new view of both sides is as good.
      await closeSnapshots(snapshots);
      snapshots = await openSnapshots(comparison.nodes, comparison.donor);
    }
    const objects = options.tables ? undefined : await compareObjects(snapshots, options);
    return { unequal, skipped, equal, objects };
  } finally {
    await closeSnapshots(snapshots);
  }
};

const compareTable = async (
  { donor, limits }: Comparison,
  snapshots: Snapshots,
  table: MatchedTable,
): Promise<"equal" | UnequalTable> => {
  const { tableTimeoutMs } = limits;
  if (!table.missingOn && !table.structure) {
    const sums = await onBothSides((side) => tableSums(snapshots[side], table, side, tableTimeoutMs));
    if (sums.primary.rows === sums.secondary.rows && sums.primary.sum === sums.secondary.sum) return "equal";
  }
  const rows: RowCounts = { primary: 0, secondary: 0 };
  const tallies = await tally(streamDifferences(snapshots, table, tableTimeoutMs, rows), otherSide(donor));
  return differs(table, tallies) ? { table, rows, tallies } : "equal";
};

interface Matched {
  readonly snapshots: Snapshots;
  readonly tables: readonly MatchedTable[];
}

/** A table that was made or altered on the donor a moment ago may still be on its way: a second look tells. */
const openMatched = async (comparison: Comparison, choice: TableChoice): Promise<Matched> => {
  const first = await matchOnce(comparison, choice);
  const differs = first.tables.some(({ missingOn, structure }) => missingOn || structure);
  if (!comparison.live || !differs) return first;
  await closeSnapshots(first.snapshots);
  await catchUp(comparison);
  return matchOnce(comparison, choice);
};

const matchOnce = async ({ nodes, donor }: Comparison, choice: TableChoice): Promise<Matched> => {
  const snapshots = await openSnapshots(nodes, donor);
  try {
    return { snapshots, tables: matchTables(await onBothSides((side) => readShapes(snapshots[side])), choice) };
  } catch (error) {
    await closeSnapshots(snapshots);
    throw error;
  }
};
