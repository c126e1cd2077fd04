import type { Statement } from "../mysql/statement.ts";

/** A piece of SQL with its values; the driver escapes values (?) and identifiers (??). */
export type Fragment = Statement;

export const fragment = (sql: string, ...values: readonly unknown[]): Fragment => ({ sql, values });

export const column = (name: string): Fragment => fragment("??", name);
export const tableName = (schema: string, table: string): Fragment => fragment("??.??", schema, table);

/** Tagged template that puts fragments into fragments: compose`SELECT ${a} FROM ${b}`. */
export const compose = (parts: TemplateStringsArray, ...pieces: readonly Fragment[]): Fragment => ({
  sql: parts.map((part, index) => part + (pieces[index]?.sql ?? "")).join(""),
  values: pieces.flatMap((piece) => piece.values ?? []),
});

export const joined = (pieces: readonly Fragment[], separator: string): Fragment => ({
  sql: pieces.map(({ sql }) => sql).join(separator),
  values: pieces.flatMap((piece) => piece.values ?? []),
});
