import { column, compose, type Fragment, fragment, joined } from "./fragment.ts";
import type { Column } from "./table-shape.ts";

/** Types whose values can be as long as a packet. */
const long = new Set([
  "tinytext",
  "text",
  "mediumtext",
  "longtext",
  "tinyblob",
  "blob",
  "mediumblob",
  "longblob",
  "json",
]);
const geometry = /^(geometry|point|linestring|polygon|multi\w+|geom\w*|vector)$/;
const characters = new Set(["char", "varchar", "enum", "set"]);
const bytes = new Set(["binary", "varbinary"]);

/**
 * The value of a column as text or bytes that is the same on every server version and in every session:
 * characters as their own bytes, FLOAT widened (its text form has 6 digits only), BIT as a number. Long values by their
 * hash, because a CONCAT longer than max_allowed_packet is NULL.
 */
const exactValue = ({ name, dataType }: Column): Fragment => {
  const value = column(name);
  if (dataType === "json") return compose`SHA2(CAST(${value} AS CHAR CHARACTER SET utf8mb4), 256)`;
  if (long.has(dataType)) return compose`SHA2(${value}, 256)`;
  if (geometry.test(dataType)) return compose`SHA2(CAST(${value} AS BINARY), 256)`;
  if (characters.has(dataType)) return compose`CAST(${value} AS BINARY)`;
  if (dataType === "float") return compose`(${value} + 0e0)`;
  if (dataType === "bit") return compose`CAST(${value} AS UNSIGNED)`;
  return value;
};

/** Tells NULL from empty, and where one value ends and the next begins: ('a#', 'b') is not ('a', '#b'). */
const frame = ({ name, dataType, nullable }: Column): readonly Fragment[] => {
  if (characters.has(dataType) || bytes.has(dataType)) return [compose`IFNULL(LENGTH(${column(name)}), 'N')`];
  return nullable ? [compose`ISNULL(${column(name)})`] : [];
};

/**
 * SHA-256 of a whole row, 64 hexadecimal digits. Not CRC32: it is linear, so values that changed places between two
 * rows leave the XOR of their checksums alone; SHA-256 costs the same here (reading dominates). Generated columns
 * follow from the others.
 */
export const rowSha = (columns: readonly Column[]): Fragment => {
  const stored = columns.filter(({ generated }) => !generated);
  const frames = stored.flatMap(frame);
  const framed = frames.length > 0 ? compose`CONCAT_WS(',', ${joined(frames, ", ")})` : fragment("''");
  return compose`SHA2(CONCAT_WS('#', ${joined([...stored.map(exactValue), framed], ", ")}), 256)`;
};

/** The first 64 bits of it as a number, for sums over a table. */
export const rowNumber = (columns: readonly Column[]): Fragment =>
  compose`CAST(CONV(LEFT(${rowSha(columns)}, 16), 16, 10) AS UNSIGNED)`;
