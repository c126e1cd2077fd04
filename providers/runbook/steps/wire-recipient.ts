import { logicalDump } from "../../clone/logical-dump.ts";
import { SafetyError } from "../../errors.ts";
import { compareContents } from "../../observe/contents.ts";
import { differenceText, sameContents } from "../../report/contents.ts";
import { orDisown } from "../disown.ts";
import { requireFact } from "../facts.ts";
import { type Link, linkName, repointLink, startLink, untilCaughtUp } from "../link.ts";
import { type Context, minutes, type Step } from "../step.ts";

/**
 * Recipient <- donor. The donor is quiet and read-only, so both must be equal to the last row: this comparison is the
 * only proof that the clone is whole. Two running threads and equal GTID sets are not.
 */
export const wireRecipient: Step = {
  id: "wire-recipient",
  timeoutMs: minutes(8 * 60),
  async run(context) {
    const { donor, recipient } = context;
    const link = { replica: recipient, source: donor, from: requireFact(context.facts, "donorPosition") };
    const tables = await orDisown(context, () => proved(context, link));
    // The comparison may have taken hours.
    await context.assertOurs();
    // Before the clone is forgotten: else the next attempt, finding neither, would clone once more.
    await context.note({ contentsEqual: { tables } });
    await logicalDump.forget(recipient, context.runId);
    return {};
  },
};

const proved = async (context: Context, link: Link): Promise<number> => {
  // What it has applied already must not be applied again.
  if (context.facts.recipientWired) await repointLink(context, link);
  else await startLink({ ...context, tls: context.facts.tlsBefore }, link);
  await context.note({ recipientWired: true });
  await untilCaughtUp(link);
  await context.tell(`${linkName(link)}: running; comparing the contents of both`);
  return proveEqual(context);
};

const proveEqual = async (context: Context): Promise<number> => {
  const { donor, recipient } = context;
  const contents = await compareContents(context.node("primary"), context.node("secondary"), {
    donor: donor.host.side,
  });
  if (sameContents(contents)) return contents.tablesCompared;
  throw new SafetyError(`the clone is not equal to the donor: ${differenceText(contents)}`, {
    node: recipient.host.name,
    next: "run npx pulumi up again: it clones once more from the donor, which is intact",
  });
};
