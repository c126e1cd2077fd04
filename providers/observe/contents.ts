import type { Node } from "../node/node.ts";
import { compareTables } from "./compare-tables.ts";
import { type CompareOptions, type Comparison, catchUp, startComparison } from "./comparison.ts";
import { lookAgain } from "./look-again.ts";
import { compareObjects, type ObjectsCompared } from "./objects.ts";
import type { Contents } from "./observation.ts";
import { tableDifference } from "./table-difference.ts";
import { openView, type View } from "./view.ts";

/**
 * Rows and definitions of both sides, in one consistent view of each: a count and a sum of hashes per table; for tables
 * that differ, which rows do. What was not compared is in `skipped`. Throws UnreachableError where a side cannot be asked.
 */
export const compareContents = async (
  primary: Node,
  secondary: Node,
  options: CompareOptions = {},
): Promise<Contents> => {
  const comparison = startComparison(primary, secondary, options);
  const view = await openView(comparison.nodes, comparison.donor);
  try {
    return await compareInView(comparison, view, options);
  } finally {
    await view.close();
  }
};

const compareInView = async (comparison: Comparison, view: View, options: CompareOptions): Promise<Contents> => {
  const { live } = comparison;
  const first = await compareTables(comparison, view, options);
  const rows = live ? await lookAgain(comparison, view, first.unequal) : { unequal: first.unequal, skipped: [] };
  const objects = live ? await lookAgainAtObjects(comparison, view, first.objects, options) : first.objects;
  return {
    tablesCompared: first.equal + first.unequal.length - rows.skipped.length,
    differences: rows.unequal.map(tableDifference),
    ...(objects && { objects: objects.differences }),
    skipped: [...first.skipped, ...rows.skipped, ...(objects?.skipped ?? [])],
  };
};

/** A definition that was made or altered a moment ago may still be on its way. */
const lookAgainAtObjects = async (
  comparison: Comparison,
  view: View,
  first: ObjectsCompared | undefined,
  options: CompareOptions,
): Promise<ObjectsCompared | undefined> => {
  if (!first || first.differences.length === 0) return first;
  await catchUp(comparison);
  await view.renew();
  return compareObjects(view.sessions(), options);
};
