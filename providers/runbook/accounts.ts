import { unlogged } from "../clone/unlogged.ts";
import { cloneRights } from "../mysql/rights.ts";
import { cloneAccount, replicationAccount, runAccounts } from "../mysql/run-accounts.ts";
import { sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";
import { each } from "./each.ts";
import type { Ends } from "./link.ts";
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
    await dropCloneSessions(node);
    await dropAll(node, await accountsOfOtherRuns(node, runId));
  }
};

/** After a link was pointed anew and runs: accounts of earlier runs on its source, for its replica's address. */
export const retireLinkAccounts = async ({ replica, source }: Ends, runId: string): Promise<void> => {
  const old = await accountsOfOtherRuns(source, runId);
  await dropAll(
    source,
    old.filter(({ host }) => host === addressOf(replica)),
  );
};

interface Account {
  readonly user: string;
  readonly host: string;
}

const accountsOfOtherRuns = async (node: Node, runId: string): Promise<readonly Account[]> => {
  const ours = await node.query<Account>(
    sql`SELECT User AS user, Host AS host FROM mysql.user WHERE User REGEXP ${runAccounts}`,
    STATEMENT_MS,
  );
  return ours.filter(({ user }) => user !== replicationAccount(runId));
};

const dropAll = (node: Node, accounts: readonly Account[]): Promise<void> =>
  unlogged(
    node,
    accounts.map(({ user, host }) => node.dialect.dropAccount(user, host)),
  );
