import { column, compose, type Fragment, fragment, joined } from "./fragment.ts";
import { rowSha } from "./row-hash.ts";
import type { Column, TableShape } from "./table-shape.ts";

/** How one part of a key travels: integers as digits, everything else as the hexadecimal form of its bytes. */
type PartKind = "integer" | "bytes" | "text" | "row";

interface KeyPart {
  readonly kind: PartKind;
  readonly name: string;
  readonly select: Fragment;
  /** Sorts on the server exactly as comparePart does here; an index serves it where the column itself will do. */
  readonly order: Fragment;
  /** Left side of a search for given keys. */
  readonly match: Fragment;
}

export type RowKey = readonly KeyPart[];

const integers = /^(tinyint|smallint|mediumint|int|bigint)$/;

/** The key of a table; a table without one is keyed by the hash of the whole row. */
export const rowKey = ({ key, columns }: Pick<TableShape, "key" | "columns">): RowKey => {
  const parts = key.map((name) => columns.find((one) => one.name === name)).filter((one) => one !== undefined);
  if (parts.length > 0) return parts.map(keyPart);
  const sha = rowSha(columns);
  return [{ kind: "row", name: "row sha256", select: sha, order: sha, match: sha }];
};

const keyPart = (part: Column): KeyPart => {
  const value = column(part.name);
  const base = { name: part.name, match: value };
  if (integers.test(part.dataType))
    return { ...base, kind: "integer", select: compose`CAST(${value} AS CHAR)`, order: value };
  if (part.dataType === "binary" || part.dataType === "varbinary")
    return { ...base, kind: "bytes", select: compose`HEX(${value})`, order: value };
  // The order of a collation is the server's secret; the order of bytes is not.
  const utf8 = compose`CAST(CAST(${value} AS CHAR CHARACTER SET utf8mb4) AS BINARY)`;
  return { ...base, kind: "text", select: compose`HEX(${utf8})`, order: utf8 };
};

// No column is called this: in ORDER BY an alias would win over a column of the same name.
const alias = (index: number): string => `key:${index}`;

/** "expression AS alias, ..."; readKey takes the values out of a row. */
export const selectKey = (key: RowKey): Fragment =>
  joined(
    key.map(({ select }, index) => compose`${select} AS ${column(alias(index))}`),
    ", ",
  );

export const readKey = (key: RowKey, row: Readonly<Record<string, unknown>>): KeyValues =>
  key.map((_, index) => String(row[alias(index)]));

export const orderByKey = (key: RowKey): Fragment =>
  joined(
    key.map(({ order }) => order),
    ", ",
  );

export type KeyValues = readonly string[];

/** "(a, b) IN ((..), (..))" for keys as selectKey gave them. */
export const matchKeys = (key: RowKey, keys: readonly KeyValues[]): Fragment => {
  const left = joined(
    key.map(({ match }) => match),
    ", ",
  );
  const tuples = keys.map((values) => {
    const places = key.map((part, index) => fragment("?", searchValue(part.kind, values[index] ?? "")));
    return compose`(${joined(places, ", ")})`;
  });
  return compose`(${left}) IN (${joined(tuples, ", ")})`;
};

const searchValue = (kind: PartKind, value: string): unknown => {
  if (kind === "integer") return BigInt(value);
  if (kind === "bytes") return Buffer.from(value, "hex");
  if (kind === "text") return Buffer.from(value, "hex").toString("utf8");
  return value;
};

/** Negative: a comes first. */
export const compareKeys = (key: RowKey, a: KeyValues, b: KeyValues): number => {
  for (const [index, part] of key.entries()) {
    const order = comparePart(part.kind, a[index] ?? "", b[index] ?? "");
    if (order !== 0) return order;
  }
  return 0;
};

const comparePart = (kind: PartKind, a: string, b: string): number => {
  if (a === b) return 0;
  if (kind === "integer") return BigInt(a) < BigInt(b) ? -1 : 1;
  return a < b ? -1 : 1;
};

const shownCharacters = 200;

/** For people: "goid=0x00a1, name=\"x\"". Text is quoted, so that no control character reaches a terminal. */
export const keyText = (key: RowKey, values: KeyValues): string =>
  key
    .map(({ kind, name }, index) => `${name}=${partText(kind, values[index] ?? "")}`)
    .join(", ")
    .slice(0, shownCharacters);

const partText = (kind: PartKind, value: string): string => {
  if (kind === "bytes") return `0x${value.toLowerCase()}`;
  if (kind === "text") return JSON.stringify(Buffer.from(value, "hex").toString("utf8"));
  return value;
};
