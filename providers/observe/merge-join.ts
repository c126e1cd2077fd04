import type { Side } from "../pair.ts";
import type { KeyValues } from "./row-key.ts";

export interface KeyedRow {
  readonly key: KeyValues;
  readonly hash: string;
}

export type RowDifference =
  | { readonly kind: "only"; readonly on: Side; readonly row: KeyedRow }
  | { readonly kind: "changed"; readonly primary: KeyedRow; readonly secondary: KeyedRow };

type Rows = AsyncIterable<KeyedRow>;

/**
 * Walks two streams that are sorted alike, side by side, and yields what differs; one row of each in memory. Equal keys
 * pair up one by one, so tables without a key may hold the same row several times.
 */
export async function* mergeJoin(
  rows: Readonly<Record<Side, Rows>>,
  compare: (a: KeyValues, b: KeyValues) => number,
): AsyncGenerator<RowDifference, void> {
  const primaries = rows.primary[Symbol.asyncIterator]();
  const secondaries = rows.secondary[Symbol.asyncIterator]();
  try {
    let [primary, secondary] = await Promise.all([next(primaries), next(secondaries)]);
    while (primary || secondary) {
      const order = !secondary ? -1 : !primary ? 1 : compare(primary.key, secondary.key);
      if (order < 0 && primary) {
        yield { kind: "only", on: "primary", row: primary };
        primary = await next(primaries);
      } else if (order > 0 && secondary) {
        yield { kind: "only", on: "secondary", row: secondary };
        secondary = await next(secondaries);
      } else if (primary && secondary) {
        if (primary.hash !== secondary.hash) yield { kind: "changed", primary, secondary };
        [primary, secondary] = await Promise.all([next(primaries), next(secondaries)]);
      }
    }
  } finally {
    await Promise.allSettled([primaries.return?.(), secondaries.return?.()]);
  }
}

const next = async (rows: AsyncIterator<KeyedRow>): Promise<KeyedRow | undefined> => {
  const { done, value } = await rows.next();
  return done ? undefined : value;
};
