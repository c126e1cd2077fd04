import {
  type CompareOptions,
  type Comparison,
  catchUp,
  couldNotCompare,
  reasonToSkip,
  type Skipped,
} from "./comparison.ts";
import { type MatchedTable, matchTables, type TableChoice } from "./match-tables.ts";
import { closeSnapshots, onBothSides, openSnapshots, type Snapshots } from "./snapshots.ts";
import { tableSums } from "./table-rows.ts";
import { readShapes } from "./table-shape.ts";

export interface SumsCompared {
  readonly equal: number;
  readonly unequal: readonly MatchedTable[];
  readonly skipped: readonly Skipped[];
}

/** Which tables differ, by number of rows and sum of their hashes. */
export const compareSums = async (comparison: Comparison, options: CompareOptions): Promise<SumsCompared> => {
  const { nodes, donor } = comparison;
  const opened = await openMatched(comparison, options);
  const { tables } = opened;
  let { snapshots } = opened;
  const unequal: MatchedTable[] = [];
  const skipped: Skipped[] = [];
  let equal = 0;
  try {
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

const sameSums = async ({ limits }: Comparison, snapshots: Snapshots, table: MatchedTable): Promise<boolean> => {
  const { primary, secondary } = await onBothSides((side) =>
    tableSums(snapshots[side], table, side, limits.tableTimeoutMs),
  );
  return primary.rows === secondary.rows && primary.sum === secondary.sum;
};
