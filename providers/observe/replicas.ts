import { SqlError } from "../errors.ts";
import type { Row } from "../mysql/dialect.ts";
import type { ReplicaStatus } from "../mysql/replica-status.ts";
import type { Node } from "../node/node.ts";
import type { RegisteredReplica } from "./observation.ts";

const STATEMENT_MS = 20_000;

/** The status of every channel; a worker's own error where the account may see it. */
export const readReplicas = async (node: Node): Promise<readonly ReplicaStatus[]> => {
  const rows = await node.query<Row>(node.dialect.showReplicaStatus(), STATEMENT_MS);
  const workers = node.dialect.showWorkerErrors();
  const errors = workers && rows.length > 0 ? await node.query<Row>(workers, STATEMENT_MS).catch(notShown) : [];
  return node.dialect.parseReplicaStatus(hidden(node, rows), hidden(node, errors));
};

/** An error quotes the statement or the row that failed, and a row may hold a password of ours. */
const hidden = (node: Node, rows: readonly Row[]): readonly Row[] =>
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === "string" && /error/i.test(name) ? node.redact(value) : value,
      ]),
    ),
  );

/** undefined: the account may not see it. Servers write "Server_id" or "Server_Id". */
export const readRegisteredReplicas = async (node: Node): Promise<readonly RegisteredReplica[] | undefined> => {
  try {
    const rows = await node.query<Row>(node.dialect.showRegisteredReplicas(), STATEMENT_MS);
    return rows.map((row) => ({ serverId: Number(row.Server_id ?? row.Server_Id), host: String(row.Host ?? "") }));
  } catch (error) {
    notShown(error);
    return undefined;
  }
};

/** A monitoring account need not see performance_schema: the status row has the error too, in fewer words. */
export const notShown = (error: unknown): readonly Row[] => {
  if (error instanceof SqlError && [1044, 1142, 1143, 1227].includes(error.code)) return [];
  throw error;
};
