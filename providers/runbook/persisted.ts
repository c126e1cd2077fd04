import { sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";
import type { Facts } from "./step.ts";

const STATEMENT_MS = 30_000;

/** Persisted values by name. */
export type Persisted = Readonly<Record<string, string>>;

/** Of the variables that a run persists on a node, those that somebody has persisted before it. */
export const persistedOn = async (node: Node): Promise<Persisted> => {
  const rows = await node.query<{ name: string; value: string }>(
    sql`SELECT VARIABLE_NAME AS name, VARIABLE_VALUE AS value FROM performance_schema.persisted_variables
        WHERE VARIABLE_NAME IN ('offline_mode', 'read_only', 'super_read_only', 'skip_replica_start', 'skip_slave_start')`,
    STATEMENT_MS,
  );
  const { skip_slave_start: older, ...found } = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  // A server that knows both names persists both.
  return older === undefined || "skip_replica_start" in found ? found : { ...found, skip_slave_start: older };
};

/** For the next start of the server; what holds now is put back at the end of the run. */
export const persistAsBefore = async (node: Node, { persistedBefore }: Facts): Promise<void> => {
  for (const [name, value] of Object.entries(persistedBefore?.[node.host.side] ?? {}))
    await node.query({ sql: "SET PERSIST_ONLY ?? = ?", values: [name, value] }, STATEMENT_MS);
};
