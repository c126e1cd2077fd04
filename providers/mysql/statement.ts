/** SQL text with ? and ?? places; values and identifiers are escaped by the driver, never spliced. */
export interface Statement {
  readonly sql: string;
  readonly values?: readonly unknown[];
}

/** Tagged template for statements without values and with values in place: sql`SELECT ${1}` gives "SELECT ?" and [1]. */
export const sql = (parts: TemplateStringsArray, ...values: readonly unknown[]): Statement => ({
  sql: parts.join("?"),
  values,
});
