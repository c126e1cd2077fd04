import { otherSide } from "../pair.ts";
import { onBothSides } from "./both-sides.ts";
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
import { type RowCounts, streamDifferences, tableSums } from "./table-rows.ts";
import { readShapes } from "./table-shape.ts";
import { tally } from "./tally.ts";
import type { Sessions, View } from "./view.ts";

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
export const compareTables = async (
  comparison: Comparison,
  view: View,
  options: CompareOptions,
): Promise<TablesCompared> => {
  const tables = await matchInView(comparison, view, options);
  const unequal: UnequalTable[] = [];
  const skipped: Skipped[] = [];
  let equal = 0;
  for (const [index, table] of tables.entries()) {
    options.onTable?.(table.name, index, tables.length);
    const late = reasonToSkip(comparison, table);
    const outcome = late ?? (await compareTable(comparison, view.sessions(), table).catch(couldNotCompare));
    if (outcome === "equal") equal += 1;
    else if (typeof outcome !== "string") unequal.push(outcome);
    else skipped.push({ table: table.name, reason: outcome });
    if (typeof outcome === "string" && outcome !== "equal" && outcome !== late) await view.reopen();
  }
  const objects = options.tables ? undefined : await compareObjects(view.sessions(), options);
  return { unequal, skipped, equal, objects };
};

const compareTable = async (
  { donor, limits }: Comparison,
  sessions: Sessions,
  table: MatchedTable,
): Promise<"equal" | UnequalTable> => {
  const { tableTimeoutMs } = limits;
  if (!table.missingOn && !table.structure) {
    const sums = await onBothSides((side) => tableSums(sessions[side], table, side, tableTimeoutMs));
    if (sums.primary.rows === sums.secondary.rows && sums.primary.sum === sums.secondary.sum) return "equal";
  }
  const rows: RowCounts = { primary: 0, secondary: 0 };
  const tallies = await tally(streamDifferences(sessions, table, tableTimeoutMs, rows), otherSide(donor));
  return differs(table, tallies) ? { table, rows, tallies } : "equal";
};

/** A table that was made or altered on the donor a moment ago may still be on its way: a second look tells. */
const matchInView = async (
  comparison: Comparison,
  view: View,
  choice: TableChoice,
): Promise<readonly MatchedTable[]> => {
  const match = async (): Promise<readonly MatchedTable[]> =>
    matchTables(await onBothSides((side) => readShapes(view.sessions()[side])), choice);
  const tables = await match();
  if (!comparison.live || !tables.some(({ missingOn, structure }) => missingOn || structure)) return tables;
  await catchUp(comparison);
  await view.renew();
  return match();
};
