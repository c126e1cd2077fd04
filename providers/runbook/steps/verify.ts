import { enableEvents } from "../../clone/events.ts";
import { SafetyError } from "../../errors.ts";
import type { Node } from "../../node/node.ts";
import { compareContents } from "../../observe/contents.ts";
import type { Contents } from "../../observe/observation.ts";
import type { Side } from "../../pair.ts";
import { differenceText, sameContents } from "../../report/contents.ts";
import { retireAccounts } from "../accounts.ts";
import { untilCaughtUp, untilRunning } from "../link.ts";
import { restorePacketLimit } from "../packet-limit.ts";
import { holdWrites, releaseWrites } from "../quiet.ts";
import { type Context, minutes, type Step } from "../step.ts";
import { proveTokens, removeTokens } from "../tokens.ts";
import { whileWritable } from "../while-writable.ts";
import { allowAutostart, fenceOff } from "./fence.ts";
import { recipientUntilProved } from "./stop-gateways.ts";

const STATEMENT_MS = 30_000;

/**
 * Article step 15, and more: the receivers reconnect once (a login that worked from a warm cache must work again),
 * tokens cross both links, lag ends at 0, and the recipient has no row that the donor lacks while the gateways write.
 */
export const verify: Step = {
  id: "verify",
  timeoutMs: minutes(8 * 60),
  async run(context) {
    const { donor, recipient, tell } = context;
    // What a run that was cut short while it lifted the fence may have left.
    await allowAutostart(donor, context.facts);
    const links = [
      { replica: recipient, source: donor },
      { replica: donor, source: recipient },
    ];
    for (const link of links) {
      const { replica } = link;
      await replica.query(replica.dialect.stopReplica("io"), STATEMENT_MS);
      // Both threads: one that somebody stopped after the copy was proved needs no more than that.
      await replica.query(replica.dialect.startReplica(), STATEMENT_MS);
      await untilRunning(link);
    }
    await whileWritable([donor, recipient], () => proveTokens(context));
    for (const link of links) await untilCaughtUp(link);
    await tell("both links proved by tokens; comparing the contents once more");
    await proveContents(context);
    await whileWritable([donor, recipient], async () => {
      await removeTokens(context);
      await retireAccounts(context);
      await enableEvents(recipient, donor, context.facts.eventsBefore ?? []);
    });
    // A clone that was cut short has left it raised.
    await restorePacketLimit(recipient, context.facts);
    // An attempt that was killed in here left a standby without its super_read_only.
    for (const node of [donor, recipient]) await releaseWrites(node, context.facts);
    return {};
  },
};

const proveContents = async (context: Context): Promise<void> => {
  const { donor, recipient, guard, facts, tell } = context;
  const look = (written: Side): Promise<Contents> =>
    compareContents(context.node("primary"), context.node("secondary"), { donor: written, live: true });
  // The gateways prefer the primary, whichever node was the donor.
  const first = await look("primary");
  if (sameContents(first)) return;
  if (!differs(first)) throw notCompared(context.node("secondary"), first);
  // Gateways that prefer it have nowhere else to write: should this run go away meanwhile, it takes writes again.
  const serves = recipient.host.side === "primary";
  await tell(
    `the two sides differ (${differenceText(first)}): ${recipient.host.name} takes no writes while they are compared again`,
  );
  // What was on its way from the recipient is no difference: it takes no write until that has arrived.
  try {
    if (serves) await guard.post(facts);
    await holdWrites(recipient);
    await untilCaughtUp({ replica: donor, source: recipient });
    const second = await look(donor.host.side);
    // Whoever was away meanwhile may have compared what the gateways were let write since.
    await context.assertOurs();
    if (differs(second)) await refuseCopy(context, second);
    if (!sameContents(second)) throw notCompared(recipient, second);
  } finally {
    // Best effort, so that the first error stays first: the end of this step, or the next run, does it once more.
    const released = await recipientUntilProved(context).then(
      () => true,
      () => false,
    );
    if (serves && released) await guard.end();
  }
};

const differs = ({ differences, objects = [] }: Contents): boolean => differences.length + objects.length > 0;

/** A replica that lags behind a busy source is no wrong copy. */
const notCompared = (replica: Node, contents: Contents): SafetyError =>
  new SafetyError(`the two sides could not be compared to the end: ${differenceText(contents)}`, {
    node: replica.host.name,
    next: "run npx pulumi up again, at a quieter hour: it compares once more",
  });

/** It serves nobody from here on; what only it has is seen by the next attempt, which compares before it clones again. */
const refuseCopy = async (context: Context, contents: Contents): Promise<never> => {
  const { donor, recipient } = context;
  await context.note({ contentsEqual: null });
  await donor.query(donor.dialect.stopReplica(), STATEMENT_MS);
  await fenceOff(context);
  throw new SafetyError(`the two sides differ after all: ${differenceText(contents)}`, {
    node: recipient.host.name,
    next: "run npx pulumi refresh: it looks at both sides again",
  });
};
