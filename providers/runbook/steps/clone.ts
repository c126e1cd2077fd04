import { logicalDump } from "../../clone/logical-dump.ts";
import { bytesText, secondsText } from "../../report/units.ts";
import { cloneAccount } from "../accounts.ts";
import { positionOf, usesGtid } from "../replica.ts";
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
  async satisfied({ facts }) {
    return facts.contentsEqual ? "this run has cloned and compared already" : undefined;
  },
  async run(context) {
    const { donor, recipient, guard, runId, plan, facts, accountPassword, tell } = context;
    const donorPosition = await positionOf(donor);
    // Should the runner go now, what the donor gets is in its log after this position, and the next run clones anew.
    await guard.allow();
    await stopAndForgetLink(context);
    const cloned = await logicalDump.run({
      ...{ donor, recipient, runId, tell },
      account: { user: cloneAccount(runId), password: accountPassword },
      expectedBytes: facts.backup?.bytes ?? plan.bytes,
      limitSeconds: transferLimitSeconds(plan.bytes),
    });
    await recipient.query(recipient.dialect.resetLogs(), STATEMENT_MS);
    if ((await usesGtid(recipient)) && donorPosition.gtid)
      await recipient.query(recipient.dialect.seedGtid(donorPosition.gtid), STATEMENT_MS);
    // Back under the full fence: the load needed super_read_only off.
    await closeFence(recipient);
    await tell(`cloned ${cloned.tables} tables, ${bytesText(cloned.bytes)} in ${secondsText(cloned.seconds)}`);
    return { donorPosition, clone: cloned, recipientPosition: await positionOf(recipient) };
  },
};

/** On resume a link may be there already; it must not write into a load. */
const stopAndForgetLink = async ({ recipient }: Context): Promise<void> => {
  for (const statement of [recipient.dialect.stopReplica(), recipient.dialect.resetReplicaAll()])
    await recipient.query(statement, STATEMENT_MS);
};
