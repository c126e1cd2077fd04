import type { Row } from "../mysql/dialect.ts";
import type { Session } from "../node/node.ts";
import type { Side } from "../pair.ts";
import { compose, type Fragment, fragment, tableName } from "./fragment.ts";
import { type KeyedRow, mergeJoin, type RowDifference } from "./merge-join.ts";
import { rowNumber, rowSha } from "./row-hash.ts";
import { compareKeys, type KeyValues, matchKeys, orderByKey, type RowKey, readKey, selectKey } from "./row-key.ts";
import type { Column } from "./table-shape.ts";

/** One side's table: its columns, and what identifies a row (of the same kind on both sides). */
export interface SideShape {
  readonly columns: readonly Column[];
  readonly key: RowKey;
}

export interface ComparedTable extends Readonly<Record<Side, SideShape>> {
  readonly schema: string;
  readonly table: string;
  readonly missingOn?: Side | undefined;
  readonly structure?: string | undefined;
}

export interface TableSums {
  readonly rows: number;
  readonly sum: string;
}

/** Number of rows and the sum of their 64-bit hashes: order does not matter, repeated rows do not cancel out. */
export const tableSums = async (
  session: Session,
  table: ComparedTable,
  side: Side,
  timeoutMs: number,
): Promise<TableSums> => {
  const [row] = await session.query<{ n: string; h: string }>(
    compose`SELECT CAST(COUNT(*) AS CHAR) AS n, CAST(IFNULL(SUM(${rowNumber(table[side].columns)}), 0) AS CHAR) AS h FROM ${tableName(table.schema, table.table)}`,
    timeoutMs,
  );
  return { rows: Number(row?.n ?? 0), sum: row?.h ?? "" };
};

/** Rows sorted by key. `keys` absent: all of them. */
export const selectRows = (table: ComparedTable, side: Side, keys?: readonly KeyValues[]): Fragment => {
  const { columns, key } = table[side];
  const where = keys ? compose`WHERE ${matchKeys(key, keys)}` : fragment("");
  return compose`SELECT ${selectKey(key)}, LEFT(${rowSha(columns)}, 32) AS hash FROM ${tableName(table.schema, table.table)} ${where} ORDER BY ${orderByKey(key)}`;
};

/** Counts what passes through. */
export interface RowCounts {
  primary: number;
  secondary: number;
}

/** Differences of one table, in constant memory: only keys and hashes pass through the runner. */
export const streamDifferences = (
  sessions: Readonly<Record<Side, Session>>,
  table: ComparedTable,
  timeoutMs: number,
  counts: RowCounts = { primary: 0, secondary: 0 },
): AsyncGenerator<RowDifference, void> => {
  const rowsOf = (side: Side): AsyncIterable<KeyedRow> =>
    side === table.missingOn ? noRows() : countedRows(sessions[side], table, timeoutMs, counts, side);
  return mergeJoin({ primary: rowsOf("primary"), secondary: rowsOf("secondary") }, (a, b) =>
    compareKeys(table.primary.key, a, b),
  );
};

async function* countedRows(
  session: Session,
  table: ComparedTable,
  timeoutMs: number,
  counts: RowCounts,
  side: Side,
): AsyncGenerator<KeyedRow, void> {
  for await (const row of session.stream<Row>(selectRows(table, side), timeoutMs)) {
    counts[side] += 1;
    yield keyedRow(table[side].key, row);
  }
}

async function* noRows(): AsyncGenerator<KeyedRow, void> {}

const keyedRow = (key: RowKey, row: Row): KeyedRow => ({ key: readKey(key, row), hash: String(row.hash) });

/** A few rows by key, on one side. */
export const readRows = async (
  session: Session,
  table: ComparedTable,
  side: Side,
  keys: readonly KeyValues[],
  timeoutMs: number,
): Promise<readonly KeyedRow[]> => {
  const rows = await session.query<Row>(selectRows(table, side, keys), timeoutMs);
  return rows.map((row) => keyedRow(table[side].key, row));
};
