import { unlogged } from "../clone/unlogged.ts";
import { cloneRights } from "../mysql/rights.ts";
import { cloneAccount, replicationAccount, runAccounts } from "../mysql/run-accounts.ts";
import { sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";
import { each } from "./each.ts";
import { dropCloneSessions } from "./sessions.ts";
import type { Context } from "./step.ts";
import { whileWritable } from "./while-writable.ts";

const STATEMENT_MS = 30_000;

/**
 * One replication account per run, the same on both nodes, for the peer's host only, unlogged: each node's accounts
 * stay its own, and nothing of this travels. Made anew at every attempt, so that no password has to be kept.
 */
export const createAccounts = async (context: Context): Promise<{ replicationAccount: string }> => {
  const { donor, recipient, runId, accountPassword } = context;
  const user = replicationAccount(runId);
  for (const [node, peer] of [
    [donor, recipient],
    [recipient, donor],
  ] as const) {
    const host = addressOf(peer);
    await unlogged(node, [
      node.dialect.dropAccount(user, host),
      ...node.dialect.createReplicationAccount(user, host, accountPassword),
    ]);
  }
  const clone = cloneAccount(runId);
  const host = addressOf(recipient);
  await unlogged(donor, [
    donor.dialect.dropAccount(clone, host),
    sql`CREATE USER ${clone}@${host} IDENTIFIED BY ${accountPassword}`,
    { sql: `GRANT ${cloneRights.join(", ")} ON *.* TO ?@?`, values: [clone, host] },
  ]);
  return { replicationAccount: user };
};

/** The address under which a node shows itself to its peer. */
export const addressOf = (node: Node): string => node.host.replication.bindAddress ?? node.host.replication.host;

export const dropAccounts = async ({ donor, recipient, runId }: Context): Promise<void> => {
  const user = replicationAccount(runId);
  const drop = (node: Node, users: readonly string[], peer: Node) => () =>
    whileWritable([node], () =>
      unlogged(
        node,
        users.map((its) => node.dialect.dropAccount(its, addressOf(peer))),
      ),
    );
  await each([drop(donor, [user, cloneAccount(runId)], recipient), drop(recipient, [user], donor)]);
};

/** After verify: accounts of earlier runs, and the one that read the donor. Accounts that are not ours stay. */
export const retireAccounts = async ({ donor, recipient, runId }: Context): Promise<void> => {
  for (const node of [donor, recipient]) {
    const ours = await node.query<{ user: string; host: string }>(
      sql`SELECT User AS user, Host AS host FROM mysql.user WHERE User REGEXP ${runAccounts}`,
      STATEMENT_MS,
    );
    const old = ours.filter(({ user }) => user !== replicationAccount(runId));
    await dropCloneSessions(node);
    await unlogged(
      node,
      old.map(({ user, host }) => node.dialect.dropAccount(user, host)),
    );
  }
};
