import { setTimeout as pause } from "node:timers/promises";
import { otherSide, type Side } from "../pair.ts";
import { onBothSides } from "./both-sides.ts";
import { type Comparison, catchUp, couldNotCompare, type Skipped } from "./comparison.ts";
import type { MatchedTable } from "./match-tables.ts";
import { type KeyedRow, mergeJoin } from "./merge-join.ts";
import { compareKeys } from "./row-key.ts";
import { type RowCounts, readRows } from "./table-rows.ts";
import { doubtful, type KeptRow, stillThere, type Tallies, tally, total } from "./tally.ts";
import type { View } from "./view.ts";

/** A table whose rows differ. */
export interface UnequalTable {
  readonly table: MatchedTable;
  readonly rows: RowCounts;
  readonly tallies: Tallies;
}

export interface LookedAgain {
  readonly unequal: readonly UnequalTable[];
  readonly skipped: readonly Skipped[];
}

const looks = 2;
const keysPerQuery = 200;
const momentMs = 200;

/**
 * While the donor is written, rows that differ may be on their way. They are looked at again after the recipient has
 * reached the donor: what was on its way has then arrived, and what is still there is really so.
 */
export const lookAgain = async (
  comparison: Comparison,
  view: View,
  found: readonly UnequalTable[],
): Promise<LookedAgain> => {
  let unequal = found;
  const skipped: Skipped[] = [];
  for (let look = 0; look < looks && unequal.some(isDoubtful); look += 1) {
    await pause(look * momentMs);
    if ((await catchUp(comparison)) === "behind") {
      const late = unequal
        .filter(isDoubtful)
        .map((one) => ({ table: one.table.name, reason: behind(comparison, one) }));
      return { unequal: unequal.filter((one) => !isDoubtful(one)), skipped: [...skipped, ...late] };
    }
    await view.renew();
    const still: UnequalTable[] = [];
    for (const one of unequal) {
      const tallies = isDoubtful(one) ? await lookAtTable(comparison, view, one).catch(couldNotCompare) : one.tallies;
      if (typeof tallies !== "string") {
        if (differs(one.table, tallies)) still.push({ ...one, tallies });
        continue;
      }
      skipped.push({ table: one.table.name, reason: tallies });
      await view.reopen();
    }
    unequal = still;
  }
  return { unequal, skipped };
};

export const differs = (table: MatchedTable, tallies: Tallies): boolean =>
  total(tallies) > 0 || table.missingOn !== undefined || table.structure !== undefined;

const isDoubtful = ({ table, tallies }: UnequalTable): boolean => !table.missingOn && doubtful(tallies).length > 0;

const behind = ({ nodes, donor, limits }: Comparison, { tallies }: UnequalTable): string =>
  `${nodes[otherSide(donor)].host.name} did not reach ${nodes[donor].host.name} within ${limits.catchUpMs / 1000} s, so ${total(tallies)} rows that differ may be on their way`;

const lookAtTable = async (comparison: Comparison, view: View, one: UnequalTable): Promise<Tallies> => {
  const { table, tallies } = one;
  const { key } = table.primary;
  const rows = await onBothSides((side) => rowsByKey(comparison, view, table, side, doubtful(tallies)));
  const streams = { primary: stream(rows.primary), secondary: stream(rows.secondary) };
  const again = await tally(
    mergeJoin(streams, (a, b) => compareKeys(key, a, b)),
    otherSide(comparison.donor),
  );
  return stillThere(tallies, again);
};

const rowsByKey = async (
  { limits }: Comparison,
  view: View,
  table: MatchedTable,
  side: Side,
  kept: readonly KeptRow[],
): Promise<readonly KeyedRow[]> => {
  const found: KeyedRow[] = [];
  for (let at = 0; at < kept.length; at += keysPerQuery) {
    const keys = kept.slice(at, at + keysPerQuery).map(({ key }) => key);
    found.push(...(await readRows(view.sessions()[side], table, side, keys, limits.tableTimeoutMs)));
  }
  return found.sort((a, b) => compareKeys(table[side].key, a.key, b.key));
};

async function* stream<T>(items: readonly T[]): AsyncGenerator<T, void> {
  yield* items;
}
