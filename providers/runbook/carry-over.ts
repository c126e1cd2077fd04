import { UnreachableError } from "../errors.ts";
import { formatGtidSet, ofServer, parseGtidSet } from "../mysql/gtid-set.ts";
import type { LogPosition } from "../mysql/position.ts";
import type { Node } from "../node/node.ts";
import { type Ends, repointLink, resumeLink, untilCaughtUp } from "./link.ts";
import { positionOf, replicaOf, variable } from "./replica.ts";
import { endSenders } from "./senders.ts";
import type { Context, Facts } from "./step.ts";
import { fenceHolds } from "./steps/fence.ts";

const STATEMENT_MS = 30_000;
/** What is carried is the traffic of some seconds, and the gateways are stopped meanwhile. */
const CARRY_MS = 60_000;

/** Both threads of the link run, and it is the other node's: what that one is given arrives. */
export const carries = async ({ replica, source }: Ends): Promise<boolean> => {
  const link = await replicaOf(replica);
  return (
    link?.io.state === "running" &&
    link.sql.state === "running" &&
    link.sourceUuid === (await variable(source, "server_uuid"))
  );
};

/**
 * Gateways write until they stop, which is after the links were stopped; also on the recipient, if they have failed over to
 * it or prefer it. A link that ran until this attempt stopped it carries that once more, as it would have done anyway: to
 * the donor what would be lost, to the recipient what the donor deleted meanwhile and the recipient alone would seem to have.
 * To be called when nobody writes. What does not come through is found by the comparison.
 */
export const carryOver = async (context: Context): Promise<void> => {
  const { donor, recipient, facts } = context;
  // Behind a fence nobody wrote, and the copy there may be half.
  if (facts.fenceLifted === false || (await fenceHolds(recipient))) return;
  if (facts.donorLinkRan) await carry(context, { replica: donor, source: recipient }, facts.donorWired);
  if (facts.recipientLinkRan) await carry(context, { replica: recipient, source: donor }, facts.recipientWired);
};

const carry = async (context: Context, link: Ends, wired: Facts["donorWired"]): Promise<void> => {
  const { replica, source } = link;
  await context.tell(`${replica.host.name}: applying what ${source.host.name} was given last`);
  try {
    // Its account is of this run, and has another password in each of its attempts.
    if (wired) await repointLink(context, link);
    else await resumeLink(link);
    await untilCaughtUp(link, { target: await written(source), limitMs: CARRY_MS });
  } catch (error) {
    if (error instanceof UnreachableError) throw error;
    await context.tell(
      `what ${source.host.name} was given last may not have reached ${replica.host.name}: ${(error as Error).message}`,
    );
  }
  await replica.query(replica.dialect.stopReplica(), STATEMENT_MS);
  await endSenders(source);
};

/** Of a GTID set its own part: of what it has of others the replica may lack something for ever, its own events above all. */
const written = async (source: Node): Promise<LogPosition> => {
  const position = await positionOf(source);
  if (!position.gtid) return position;
  const own = ofServer(parseGtidSet(position.gtid), await variable(source, "server_uuid"));
  return { ...position, gtid: formatGtidSet(own) };
};
