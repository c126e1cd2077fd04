import { SafetyError } from "../errors.ts";
import type { Row } from "../mysql/dialect.ts";
import type { LogPosition } from "../mysql/position.ts";
import type { ReplicaStatus } from "../mysql/replica-status.ts";
import { sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";
import { readReplicas } from "../observe/replicas.ts";

const STATEMENT_MS = 30_000;

/** The link whose replica is this node; undefined: not configured. Preflight has refused named channels. */
export const replicaOf = async (node: Node): Promise<ReplicaStatus | undefined> => (await readReplicas(node))[0];

export const variable = async (node: Node, name: string): Promise<string> => {
  const [row] = await node.query<{ Value: string }>(
    sql`SHOW GLOBAL VARIABLES WHERE Variable_name = ${name}`,
    STATEMENT_MS,
  );
  return row?.Value ?? "";
};

export const usesGtid = async (node: Node): Promise<boolean> => (await variable(node, "gtid_mode")) === "ON";

export const positionOf = async (node: Node): Promise<LogPosition> => {
  const rows = await node.query<Row>(node.dialect.showLogPosition(), STATEMENT_MS);
  const position = node.dialect.parseLogPosition(rows, await usesGtid(node));
  if (!position)
    throw new SafetyError("the binary log is off", {
      node: node.host.name,
      next: "set log_bin and restart the server",
    });
  return position;
};
