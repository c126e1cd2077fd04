import { randomUUID } from "node:crypto";
import { sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";
import { poll } from "../node/poll.ts";
import { linkName } from "./link.ts";
import type { Context } from "./step.ts";

const STATEMENT_MS = 30_000;
const CROSS_MS = 60_000;

/**
 * A fresh row written on each side and seen on the other. Only this proves a link: a frozen source, or a network that
 * drops silently, shows two running threads, no lag and no error.
 */
export const proveTokens = async (context: Context): Promise<void> => {
  const { donor, recipient } = context;
  await donor.query(sql`CREATE DATABASE IF NOT EXISTS replication_pair`, STATEMENT_MS);
  await donor.query(
    sql`CREATE TABLE IF NOT EXISTS replication_pair.token (side VARCHAR(16) NOT NULL PRIMARY KEY, token CHAR(36) NOT NULL) ENGINE=InnoDB`,
    STATEMENT_MS,
  );
  await cross(donor, recipient);
  await cross(recipient, donor);
};

const cross = async (source: Node, replica: Node): Promise<void> => {
  const token = randomUUID();
  await source.query(
    sql`REPLACE INTO replication_pair.token (side, token) VALUES (${source.host.side}, ${token})`,
    STATEMENT_MS,
  );
  await poll(
    {
      waitingFor: `a token written on ${source.host.name} to arrive (${linkName({ replica, source })})`,
      limitMs: CROSS_MS,
      intervalMs: 100,
      node: replica.host.name,
      next: "the link looks up but carries nothing: check the network between the two, then run npx pulumi up again",
    },
    async () => {
      const rows = await replica
        .query<{ token: string }>(
          sql`SELECT token FROM replication_pair.token WHERE side = ${source.host.side}`,
          STATEMENT_MS,
        )
        .catch(notThereYet);
      return rows[0]?.token === token ? true : undefined;
    },
  );
};

/** 1049, 1146: schema or table have not been replicated yet. */
const notThereYet = (error: unknown): { token: string }[] => {
  if ([1049, 1146].includes((error as { code?: number }).code ?? 0)) return [];
  throw error;
};

export const removeTokens = async ({ donor }: Context): Promise<void> => {
  await donor.query(sql`DROP DATABASE IF EXISTS replication_pair`, STATEMENT_MS);
};
