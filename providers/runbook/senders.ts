import { sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";
import { poll } from "../node/poll.ts";
import { endSession } from "./sessions.ts";

const STATEMENT_MS = 15_000;
const GONE_MS = 30_000;

export interface Sender {
  readonly id: number;
  /** Address of the replica. */
  readonly host: string;
}

/** Dump threads: what this server sends its binary log by. */
export const sendersOf = async (node: Node): Promise<readonly Sender[]> => {
  const rows = await node.query<{ id: number | string; host: string }>(
    sql`SELECT ID AS id, HOST AS host FROM information_schema.PROCESSLIST WHERE COMMAND IN ('Binlog Dump', 'Binlog Dump GTID')`,
    STATEMENT_MS,
  );
  return rows.map(({ id, host }) => ({ id: Number(id), host }));
};

/**
 * A sender notices that its replica has left only when it has something to send; on an idle server it stays, and a reset
 * of the logs under it is refused. To be called when the replicas are stopped: one that comes back is somebody else's.
 */
export const endSenders = async (node: Node): Promise<void> => {
  let left: readonly Sender[] = [];
  await poll(
    {
      ...{ waitingFor: "its senders to end", limitMs: GONE_MS, intervalMs: 250, node: node.host.name },
      next: "a replica outside the pair comes back again and again: detach it first",
    },
    async () => {
      left = await sendersOf(node);
      for (const { id } of left) await endSession(node, id);
      return left.length === 0 ? true : undefined;
    },
    () => left.map(({ host }) => host).join(", "),
  );
};
