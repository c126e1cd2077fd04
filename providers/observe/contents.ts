import type { Node } from "../node/node.ts";
import { compareSums } from "./compare-sums.ts";
import {
  type CompareOptions,
  type Comparison,
  catchUp,
  couldNotCompare,
  reasonToSkip,
  type Skipped,
  startComparison,
} from "./comparison.ts";
import type { MatchedTable } from "./match-tables.ts";
import { compareObjects, type ObjectsCompared } from "./objects.ts";
import type { Contents, TableDifference } from "./observation.ts";
import { differenceOf } from "./table-difference.ts";

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
  const comparison = startComparison(primary, secondary, options);
  const sums = await compareSums(comparison, options);
  const rows = await compareRows(comparison, sums.unequal);
  const objects = options.tables ? undefined : await compareDefinitions(comparison, options);
  return {
    tablesCompared: sums.equal + rows.compared,
    differences: rows.differences,
    ...(objects && { objects: objects.differences }),
    skipped: [...sums.skipped, ...rows.skipped, ...(objects?.skipped ?? [])],
  };
};

const compareDefinitions = async (comparison: Comparison, options: CompareOptions): Promise<ObjectsCompared> => {
  const { primary, secondary } = comparison.nodes;
  const first = await compareObjects(primary, secondary, options);
  if (!comparison.live || first.differences.length === 0) return first;
  await catchUp(comparison);
  return compareObjects(primary, secondary, options);
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
