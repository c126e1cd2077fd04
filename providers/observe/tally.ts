import type { Side } from "../pair.ts";
import type { RowDifference } from "./merge-join.ts";
import type { KeyValues } from "./row-key.ts";

/** One kind of difference: how many, and the first few of them. */
export interface Tally {
  readonly count: number;
  readonly kept: readonly KeptRow[];
}

export interface KeptRow {
  readonly key: KeyValues;
  /** Of the recipient's row; empty: it has none. */
  readonly recipientHash: string;
}

export interface Tallies {
  readonly primary: Tally;
  readonly secondary: Tally;
  readonly changed: Tally;
}

export type Kind = keyof Tallies;
export const kinds: readonly Kind[] = ["primary", "secondary", "changed"];

/** Rows kept of each kind: those looked at again while the donor is written. */
export const keptMax = 1000;

export const tally = async (
  differences: AsyncIterable<RowDifference> | Iterable<RowDifference>,
  recipient: Side,
): Promise<Tallies> => {
  const open: Record<Kind, { count: number; kept: KeptRow[] }> = {
    primary: { count: 0, kept: [] },
    secondary: { count: 0, kept: [] },
    changed: { count: 0, kept: [] },
  };
  for await (const difference of differences) {
    const { kind, row } = keptRow(difference, recipient);
    open[kind].count += 1;
    if (open[kind].kept.length < keptMax) open[kind].kept.push(row);
  }
  return open;
};

const keptRow = (difference: RowDifference, recipient: Side): { readonly kind: Kind; readonly row: KeptRow } => {
  if (difference.kind === "changed")
    return { kind: "changed", row: { key: difference.primary.key, recipientHash: difference[recipient].hash } };
  const { on, row } = difference;
  return { kind: on, row: { key: row.key, recipientHash: on === recipient ? row.hash : "" } };
};

export const total = (tallies: Tallies): number => kinds.reduce((sum, kind) => sum + tallies[kind].count, 0);

/** A kind with more differences than were kept is past doubt; of the others these rows are looked at again. */
export const doubtful = (tallies: Tallies): readonly KeptRow[] =>
  kinds.flatMap((kind) => (tallies[kind].count <= keptMax ? tallies[kind].kept : []));

/**
 * What is still there at a second look at the doubtful rows. A row that changed on the recipient meanwhile is being
 * replicated, not wrong.
 */
export const stillThere = (before: Tallies, again: Tallies): Tallies => {
  const kept = (kind: Kind): Tally => {
    if (before[kind].count > keptMax) return before[kind];
    const seen = new Set(again[kind].kept.map(identity));
    const rows = before[kind].kept.filter((row) => seen.has(identity(row)));
    return { count: rows.length, kept: rows };
  };
  return { primary: kept("primary"), secondary: kept("secondary"), changed: kept("changed") };
};

const identity = ({ key, recipientHash }: KeptRow): string => JSON.stringify([key, recipientHash]);
