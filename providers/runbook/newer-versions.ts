import { sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";
import type { TableDifference } from "../observe/observation.ts";

const STATEMENT_MS = 60_000;

/**
 * Entities of the gateway carry a `version` that grows with each edit: a higher one on the recipient is somebody's work
 * that the donor lacks. Tables without goid and version cannot tell; their rows are saved all the same.
 */
export const newerVersions = async (
  donor: Node,
  recipient: Node,
  tables: readonly TableDifference[],
): Promise<readonly string[]> => {
  const onBoth = tables.filter(({ missingOn }) => !missingOn);
  const found = await Promise.all(onBoth.map((table) => newerIn(donor, recipient, table)));
  return found.flat();
};

const newerIn = async (
  donor: Node,
  recipient: Node,
  { schema, table }: TableDifference,
): Promise<readonly string[]> => {
  const columns = await recipient.query<{ name: string }>(
    sql`SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS
        WHERE TABLE_SCHEMA = ${schema} AND TABLE_NAME = ${table} AND COLUMN_NAME IN ('goid', 'version')`,
    STATEMENT_MS,
  );
  if (columns.length < 2) return [];
  const [ours, theirs] = await Promise.all([versionsOf(donor, schema, table), versionsOf(recipient, schema, table)]);
  const newer = [...theirs].filter(([goid, version]) => version > (ours.get(goid) ?? Number.POSITIVE_INFINITY));
  return newer.map(
    ([goid, version]) =>
      `${schema}.${table}: ${goid} has version ${version}, the donor ${ours.get(goid)}: never discarded`,
  );
};

const versionsOf = async (node: Node, schema: string, table: string): Promise<ReadonlyMap<string, number>> => {
  const rows = await node.query<{ goid: string; version: number }>(
    { sql: "SELECT HEX(goid) AS goid, version FROM ??.??", values: [schema, table] },
    STATEMENT_MS,
  );
  return new Map(rows.map(({ goid, version }) => [goid, Number(version)]));
};
