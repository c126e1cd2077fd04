import { logicalDump } from "../../clone/logical-dump.ts";
import { LimitError, SafetyError, SqlError } from "../../errors.ts";
import { sameCoordinates } from "../../mysql/position.ts";
import { cloneAccount } from "../../mysql/run-accounts.ts";
import type { Job } from "../../node/job.ts";
import { bytesText, secondsText } from "../../report/units.ts";
import { requireFact } from "../facts.ts";
import { repointLink, untilCaughtUp } from "../link.ts";
import { raisePacketLimit, restorePacketLimit } from "../packet-limit.ts";
import { tablesNotFrozen } from "../preflight-checks.ts";
import { holdWrites } from "../quiet.ts";
import { positionOf, usesGtid } from "../replica.ts";
import { dropCloneSessions } from "../sessions.ts";
import { type Context, minutes, type Step } from "../step.ts";
import { transferLimitSeconds } from "../transfer-limit.ts";
import { closeFence } from "./fence.ts";

const STATEMENT_MS = 60_000;

/**
 * Article steps 8 to 10. The donor is quiet, so where its log stands now is where the copy stands. The recipient's own
 * log is emptied after the load, and its GTID set seeded with the donor's: nothing of the load may travel back.
 * No undo: until the contents are proved equal the recipient is fenced and incomplete.
 */
export const clone: Step = {
  id: "clone",
  timeoutMs: minutes(24 * 60),
  destroys: "data",
  async satisfied(context) {
    const { facts, recipient, runId } = context;
    if (facts.clone && !facts.contentsEqual && (await logicalDump.earlier(recipient, runId)))
      return "this run has cloned already; the contents are compared next";
    return (await stillFollows(context)) ? "the copy of this run was compared, and its link still follows" : undefined;
  },
  async run(context) {
    const { donor, recipient, guard, runId, plan, facts, accountPassword, tell } = context;
    const earlier = await earlierClone(context);
    await context.assertOurs();
    // A reset whose note was lost with a connection has left them on hold.
    await guard.allow();
    await context.note({ clone: null, contentsEqual: null, recipientWired: null, donorWired: null });
    if (earlier) await tell("an earlier attempt's clone is alive or done: attaching to it");
    else await emptyRecipient(context);
    // The drop may have taken long, and this machine may have slept meanwhile.
    await context.assertOurs();
    // Nobody may write between this position and the instant of the dump.
    await guard.hold();
    // Held in memory: a donor that was started anew takes writes again.
    await holdWrites(donor);
    // A dump is of one instant: what the donor wrote after it comes over the link, from this position on.
    const donorPosition = earlier ? requireFact(facts, "donorPosition") : await positionOf(donor);
    await context.note({ donorPosition });
    const request = {
      ...{ donor, recipient, runId, tell },
      account: { user: cloneAccount(runId), password: accountPassword },
      expectedBytes: facts.backup?.bytes ?? plan.bytes,
      limitSeconds: transferLimitSeconds(plan.bytes),
      begun: () => guard.allow(),
    };
    await raisePacketLimit(recipient);
    const cloned = await logicalDump.run(request, earlier);
    await context.assertOurs();
    await restorePacketLimit(recipient, facts);
    await recipient.query(recipient.dialect.resetLogs(), STATEMENT_MS);
    if ((await usesGtid(recipient)) && donorPosition.gtid)
      await recipient.query(recipient.dialect.seedGtid(donorPosition.gtid), STATEMENT_MS);
    // Back under the full fence: the load needed super_read_only off.
    await closeFence(recipient);
    await tell(`cloned ${cloned.tables} tables, ${bytesText(cloned.bytes)} in ${secondsText(cloned.seconds)}`);
    return { clone: cloned, recipientPosition: await positionOf(recipient) };
  },
};

/**
 * A clone that an earlier attempt began, unless rows were written since that its transaction does not freeze: it holds
 * them as they were when it came to their table, and the link would write them once more (1032, 1062).
 */
const earlierClone = async ({ donor, recipient, runId, facts, tell }: Context): Promise<Job | undefined> => {
  const { donorPosition } = facts;
  const job = donorPosition && (await logicalDump.earlier(recipient, runId));
  if (!job || sameCoordinates(await positionOf(donor), donorPosition)) return job;
  const [table] = await tablesNotFrozen(donor);
  if (!table) return job;
  await tell(
    `an earlier attempt's clone is not of one instant: ${donor.host.name} has written meanwhile, and no transaction freezes ${table}; cloning anew`,
  );
  return undefined;
};

/** Compared in an earlier attempt: what the donor has written since has only to come over. wire-recipient compares again. */
const stillFollows = async (context: Context): Promise<boolean> => {
  const { donor, recipient, facts } = context;
  if (!facts.contentsEqual) return false;
  const link = { replica: recipient, source: donor };
  try {
    await repointLink(context, link);
    await untilCaughtUp(link);
    return true;
  } catch (error) {
    // Out of reach is no answer; a link that cannot go on is: clone from zero.
    const cannot = error instanceof SafetyError || error instanceof SqlError || error instanceof LimitError;
    if (!cannot || error.retryable) throw error;
    await context.tell(`the copy of an earlier attempt cannot be followed up: ${error.message}`);
    return false;
  }
};

/**
 * Takes as long as a large copy takes to drop, so the guards may start the gateways meanwhile. Of an earlier attempt a link
 * must not write into a load, and a client that is gone may still keep its session.
 */
const emptyRecipient = async ({ donor, recipient, runId, assertOurs }: Context): Promise<void> => {
  await dropCloneSessions(donor);
  for (const statement of [recipient.dialect.stopReplica(), recipient.dialect.resetReplicaAll()])
    await recipient.query(statement, STATEMENT_MS);
  await logicalDump.empty(recipient, { runId, assertOurs });
};
