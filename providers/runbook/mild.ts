import { unlogged } from "../clone/unlogged.ts";
import { replicationAccount } from "../mysql/run-accounts.ts";
import { otherSide, type Side } from "../pair.ts";
import type { MildRemedy } from "../plan/procedures.ts";
import { addressOf, retireLinkAccounts } from "./accounts.ts";
import { repointLink, resumeLink, untilCaughtUp, untilRunning } from "./link.ts";
import { type Context, minutes, type Step } from "./step.ts";
import { whileWritable } from "./while-writable.ts";

const STATEMENT_MS = 30_000;

/**
 * The milder rungs: no data is overwritten, no log is emptied, no gateway is stopped. None needs an undo.
 * start-server comes before any SQL and is in start-server.ts.
 */
export const mildStep = (kind: Exclude<MildRemedy, "start-server">, side: Side): Step => makers[kind](side);

const startThreads = (side: Side): Step => ({
  id: "start-threads",
  timeoutMs: minutes(2),
  async run({ node }) {
    const replica = node(side);
    // A receiver that waits for its next try is started anew at once; one that runs only reconnects.
    await replica.query(replica.dialect.stopReplica("io"), STATEMENT_MS);
    await resumeLink({ replica, source: node(otherSide(side)) });
    return {};
  },
});

/**
 * Everything the replica has applied stays; it goes on from where its applier stands. The old account may be unknown or
 * gone, so this link gets one of its own on the source, unlogged, for the replica's address only; those of earlier runs go.
 */
const repoint = (side: Side): Step => ({
  id: "repoint",
  timeoutMs: minutes(2),
  async run({ node, runId, accountPassword }) {
    const replica = node(side);
    const source = node(otherSide(side));
    const user = replicationAccount(runId);
    await whileWritable([source], () =>
      unlogged(source, [
        source.dialect.dropAccount(user, addressOf(replica)),
        ...source.dialect.createReplicationAccount(user, addressOf(replica), accountPassword),
      ]),
    );
    await repointLink({ runId, accountPassword }, { replica, source });
    await whileWritable([source], () => retireLinkAccounts({ replica, source }, runId));
    return { replicationAccount: user };
  },
});

const makers: Record<Exclude<MildRemedy, "start-server">, (side: Side) => Step> = {
  "start-threads": startThreads,
  repoint,
};

/** Both links catch up with what their sources have; what the pair looks like then is asked anew, by a look. */
export const proveLinksStep: Step = {
  id: "prove-links",
  timeoutMs: minutes(25),
  async run({ node }: Context) {
    for (const side of ["secondary", "primary"] as const) {
      const link = { replica: node(side), source: node(otherSide(side)) };
      await untilRunning(link);
      await untilCaughtUp(link);
    }
    return {};
  },
};
