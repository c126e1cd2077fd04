import { sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";
import { isUserSchema } from "../profile/profile.ts";

const STATEMENT_MS = 60_000;

/** Every table, view, trigger, event and routine of the user schemas, in the form of parseObjects. */
export const serverObjects = async (node: Node): Promise<ReadonlySet<string>> => {
  const rows = await node.query<{ kind: string; s: string; n: string }>(
    sql`SELECT IF(TABLE_TYPE = 'VIEW', 'view', 'table') AS kind, TABLE_SCHEMA AS s, TABLE_NAME AS n
          FROM information_schema.TABLES WHERE TABLE_TYPE IN ('BASE TABLE', 'VIEW')
        UNION ALL SELECT 'trigger', TRIGGER_SCHEMA, TRIGGER_NAME FROM information_schema.TRIGGERS
        UNION ALL SELECT 'event', EVENT_SCHEMA, EVENT_NAME FROM information_schema.EVENTS
        UNION ALL SELECT 'routine', ROUTINE_SCHEMA, ROUTINE_NAME FROM information_schema.ROUTINES`,
    STATEMENT_MS,
  );
  const quoted = (name: string): string => name.replaceAll("`", "``");
  return new Set(
    rows.filter(({ s }) => isUserSchema(s)).map(({ kind, s, n }) => `${kind}\t${quoted(s)}\t${quoted(n)}`),
  );
};

export const userSchemas = async (node: Node): Promise<readonly string[]> => {
  const rows = await node.query<{ name: string }>(
    sql`SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA ORDER BY 1`,
    STATEMENT_MS,
  );
  return rows.map(({ name }) => name).filter(isUserSchema);
};
