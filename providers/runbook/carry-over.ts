import { UnreachableError } from "../errors.ts";
import { formatGtidSet, ofServer, parseGtidSet } from "../mysql/gtid-set.ts";
import type { LogPosition } from "../mysql/position.ts";
import type { Node } from "../node/node.ts";
import { repointLink, resumeLink, untilCaughtUp } from "./link.ts";
import { positionOf, replicaOf, variable } from "./replica.ts";
import { endSenders } from "./senders.ts";
import type { Context } from "./step.ts";
import { fenceHolds } from "./steps/fence.ts";

const STATEMENT_MS = 30_000;
/** What is carried is the traffic of some seconds, and the gateways are stopped meanwhile. */
const CARRY_MS = 60_000;

/** Both threads of the donor's link run, and it is the recipient's: what that one is given arrives on the donor. */
export const carries = async ({ donor, recipient }: Context): Promise<boolean> => {
  const link = await replicaOf(donor);
  return (
    link?.io.state === "running" &&
    link.sql.state === "running" &&
    link.sourceUuid === (await variable(recipient, "server_uuid"))
  );
};

/**
 * Gateways that have failed over to the recipient, or prefer it, write there until they stop, which is after the links were
 * stopped. A link that ran until this attempt stopped it carries that to the donor once more, as it would have done anyway;
 * to be called when nobody writes. Rows that do not come through are found by the comparison.
 */
export const carryOver = async (context: Context): Promise<void> => {
  const { donor, recipient, facts, tell } = context;
  // Behind a fence nobody wrote, and the copy there may be half.
  if (!facts.donorLinkRan || facts.fenceLifted === false || (await fenceHolds(recipient))) return;
  const link = { replica: donor, source: recipient };
  await tell(`${donor.host.name}: applying what ${recipient.host.name} was given last`);
  try {
    // Its account is of this run, and has another password in each of its attempts.
    if (facts.donorWired) await repointLink(context, link);
    else await resumeLink(link);
    await untilCaughtUp(link, { target: await written(recipient), limitMs: CARRY_MS });
  } catch (error) {
    if (error instanceof UnreachableError) throw error;
    await tell(
      `what ${recipient.host.name} was given last may not have reached ${donor.host.name}: ${(error as Error).message}`,
    );
  }
  await donor.query(donor.dialect.stopReplica(), STATEMENT_MS);
  await endSenders(recipient);
};

/** Of a GTID set its own part: of what it has of others the replica may lack something for ever, its own events above all. */
const written = async (source: Node): Promise<LogPosition> => {
  const position = await positionOf(source);
  if (!position.gtid) return position;
  const own = ofServer(parseGtidSet(position.gtid), await variable(source, "server_uuid"));
  return { ...position, gtid: formatGtidSet(own) };
};
