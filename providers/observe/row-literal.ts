import { column, compose, type Fragment, fragment, joined } from "./fragment.ts";
import type { Column } from "./table-shape.ts";

const texts = /^(char|varchar|tinytext|text|mediumtext|longtext|enum|set|json)$/;
const blobs = /^(binary|varbinary|tinyblob|blob|mediumblob|longblob)$/;
const dates = /^(date|time|datetime|timestamp)$/;
const numbers = /^(tinyint|smallint|mediumint|int|bigint|decimal|double|year)$/;

/**
 * SQL that renders a column's value as an SQL literal in one line, exactly: text quoted (as utf8mb4), bytes in
 * hexadecimal, FLOAT with all its digits. A value too long to be rendered gives NULL (the value NULL gives 'NULL').
 */
const literal = ({ name, dataType }: Column): Fragment => {
  const value = column(name);
  return compose`IF(${value} IS NULL, 'NULL', ${rendered(value, dataType)})`;
};

const rendered = (value: Fragment, dataType: string): Fragment => {
  if (texts.test(dataType)) return quoted(compose`CAST(${value} AS CHAR CHARACTER SET utf8mb4)`);
  if (dates.test(dataType)) return quoted(compose`CAST(${value} AS CHAR)`);
  if (blobs.test(dataType)) return hexadecimal(value);
  if (numbers.test(dataType)) return compose`CAST(${value} AS CHAR)`;
  if (dataType === "float") return compose`CAST((${value} + 0e0) AS CHAR)`;
  if (dataType === "bit") return compose`CAST(CAST(${value} AS UNSIGNED) AS CHAR)`;
  // Geometry, vector and what later versions bring: their bytes.
  return hexadecimal(compose`CAST(${value} AS BINARY)`);
};

// QUOTE leaves line ends as they are; one statement a line is what makes the file countable.
const quoted = (text: Fragment): Fragment =>
  compose`REPLACE(REPLACE(QUOTE(${text}), ${fragment("?", "\n")}, ${fragment("?", "\\n")}), ${fragment("?", "\r")}, ${fragment("?", "\\r")})`;

const hexadecimal = (value: Fragment): Fragment =>
  compose`IF(LENGTH(${value}) = 0, '''''', CONCAT('0x', HEX(${value})))`;

const alias = (index: number): string => `literal:${index}`;

/** "expression AS alias, ..."; readLiterals takes them out of a row. */
export const selectLiterals = (columns: readonly Column[]): Fragment =>
  joined(
    columns.map((one, index) => compose`${literal(one)} AS ${column(alias(index))}`),
    ", ",
  );

/** undefined: a value was too long for the server to render. */
export const readLiterals = (
  columns: readonly Column[],
  row: Readonly<Record<string, unknown>>,
): readonly string[] | undefined => {
  const literals = columns.map((_, index) => row[alias(index)]);
  return literals.every((text) => typeof text === "string") ? literals : undefined;
};

/** An identifier in a file for people and clients; statements of our own are escaped by the driver. */
export const quoteName = (name: string): string => `\`${name.replaceAll("`", "``")}\``;
