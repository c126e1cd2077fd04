import { setTimeout as pause } from "node:timers/promises";
import { otherSide, type Side } from "../pair.ts";
import { waitForSource } from "./links.ts";
import { type KeyedRow, mergeJoin } from "./merge-join.ts";
import type { TableDifference } from "./observation.ts";
import { compareKeys, keyText } from "./row-key.ts";
import { type Nodes, onBothSides, withSnapshots } from "./snapshots.ts";
import { type ComparedTable, type RowCounts, readRows, streamDifferences } from "./table-rows.ts";
import { doubtful, type KeptRow, stillThere, type Tallies, type Tally, tally, total } from "./tally.ts";

export interface RowLimits {
  /** One table. */
  readonly tableTimeoutMs: number;
  /** How long the recipient may take to reach the donor before rows in flight are called undecided. */
  readonly catchUpMs: number;
}

export type TableOutcome =
  | { readonly kind: "equal" }
  | { readonly kind: "different"; readonly difference: TableDifference }
  | { readonly kind: "undecided"; readonly reason: string };

const keysShown = 20;
const looks = 2;
const keysPerQuery = 200;
const momentMs = 200;

/**
 * Which rows differ. Where the donor is being written (`live`), rows that differ are looked at again after the
 * recipient has reached the donor: what was on its way has then arrived.
 */
export const differenceOf = async (
  nodes: Nodes,
  donor: Side,
  table: ComparedTable,
  live: boolean,
  limits: RowLimits,
): Promise<TableOutcome> => {
  const recipient = otherSide(donor);
  const rows: RowCounts = { primary: 0, secondary: 0 };
  let tallies = await withSnapshots(nodes, donor, (sessions) =>
    tally(streamDifferences(sessions, table, limits.tableTimeoutMs, rows), recipient),
  );
  for (let look = 0; live && !table.missingOn && look < looks && doubtful(tallies).length > 0; look += 1) {
    await pause(look * momentMs);
    const caughtUp = await waitForSource(nodes[recipient], nodes[donor], limits.catchUpMs);
    if (caughtUp === "behind") return { kind: "undecided", reason: behindText(nodes, donor, tallies, limits) };
    tallies = stillThere(tallies, await lookAgain(nodes, donor, table, doubtful(tallies), limits));
  }
  if (total(tallies) === 0 && !table.missingOn && !table.structure) return { kind: "equal" };
  return { kind: "different", difference: tableDifference(table, rows, tallies) };
};

const behindText = (nodes: Nodes, donor: Side, tallies: Tallies, { catchUpMs }: RowLimits): string =>
  `${nodes[otherSide(donor)].host.name} did not reach ${nodes[donor].host.name} within ${catchUpMs / 1000} s, so ${total(tallies)} rows that differ may be on their way`;

const lookAgain = async (
  nodes: Nodes,
  donor: Side,
  table: ComparedTable,
  kept: readonly KeptRow[],
  limits: RowLimits,
): Promise<Tallies> =>
  withSnapshots(nodes, donor, async (sessions) => {
    const rows = await onBothSides(async (side) => {
      const found: KeyedRow[] = [];
      for (let at = 0; at < kept.length; at += keysPerQuery) {
        const keys = kept.slice(at, at + keysPerQuery).map(({ key }) => key);
        found.push(...(await readRows(sessions[side], table, side, keys, limits.tableTimeoutMs)));
      }
      return found.sort((a, b) => compareKeys(table.primary.key, a.key, b.key));
    });
    const streams = { primary: stream(rows.primary), secondary: stream(rows.secondary) };
    return tally(
      mergeJoin(streams, (a, b) => compareKeys(table.primary.key, a, b)),
      otherSide(donor),
    );
  });

async function* stream<T>(items: readonly T[]): AsyncGenerator<T, void> {
  yield* items;
}

const tableDifference = (table: ComparedTable, rows: RowCounts, tallies: Tallies): TableDifference => {
  const { schema, table: name, missingOn, structure } = table;
  const shown = ({ count, kept }: Tally): TableDifference["changed"] => ({
    count,
    keys: kept.slice(0, keysShown).map(({ key }) => keyText(table.primary.key, key)),
  });
  return {
    ...{ schema, table: name, rows: { ...rows } },
    ...(missingOn && { missingOn }),
    ...(structure && { structure }),
    onlyOn: { primary: shown(tallies.primary), secondary: shown(tallies.secondary) },
    changed: shown(tallies.changed),
  };
};
