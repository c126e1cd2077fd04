import { UnreachableError } from "../errors.ts";
import type { Node } from "../node/node.ts";
import { untilCaughtUp, untilRunning } from "./link.ts";
import { replicaOf } from "./replica.ts";
import { endSenders } from "./senders.ts";
import type { Context } from "./step.ts";
import { fenceHolds } from "./steps/fence.ts";

const STATEMENT_MS = 30_000;

/** Both threads of the donor's link run: what the recipient is given arrives on the donor. */
export const carries = async (donor: Node): Promise<boolean> => {
  const link = await replicaOf(donor);
  return link?.io.state === "running" && link.sql.state === "running";
};

/**
 * Gateways that have failed over write on the recipient until they stop, which is after the links were stopped. A link
 * that ran until then carries it to the donor once more; to be called when nobody writes. Where it does not come through,
 * nothing is lost: the comparison shows what the donor lacks.
 */
export const carryOver = async (context: Context): Promise<void> => {
  const { donor, recipient, facts, tell } = context;
  // Behind a fence nobody wrote, and the copy there may be half.
  if (!facts.donorLinkRan || facts.fenceLifted === false || (await fenceHolds(recipient))) return;
  const link = { replica: donor, source: recipient };
  try {
    await donor.query(donor.dialect.startReplica(), STATEMENT_MS);
    await untilRunning(link);
    await untilCaughtUp(link);
  } catch (error) {
    if (error instanceof UnreachableError) throw error;
    await tell(
      `what ${recipient.host.name} was given last did not reach ${donor.host.name}: ${(error as Error).message}`,
    );
  }
  await donor.query(donor.dialect.stopReplica(), STATEMENT_MS);
  await endSenders(recipient);
};
