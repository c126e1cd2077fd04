import { SafetyError } from "../../errors.ts";
import { compareContents } from "../../observe/contents.ts";
import { differenceText, sameContents } from "../../report/contents.ts";
import { requireFact } from "../facts.ts";
import { repointLink, startLink, untilCaughtUp } from "../link.ts";
import { minutes, type Step } from "../step.ts";

/**
 * Recipient <- donor. The donor is quiet and read-only, so both must be equal to the last row: this comparison is the
 * only proof that the clone is whole. Two running threads and equal GTID sets are not.
 */
export const wireRecipient: Step = {
  id: "wire-recipient",
  timeoutMs: minutes(60),
  async run(context) {
    const { donor, recipient, tell } = context;
    const link = { replica: recipient, source: donor, from: requireFact(context.facts, "donorPosition") };
    // Compared before: what it has applied since must not be applied again.
    if (context.facts.contentsEqual) await repointLink(context, link);
    else await startLink({ ...context, tls: context.facts.tlsBefore }, link);
    await untilCaughtUp(link);
    await tell(`${recipient.host.name} <- ${donor.host.name}: running; comparing the contents of both`);
    const contents = await compareContents(context.node("primary"), context.node("secondary"), {
      donor: donor.host.side,
    });
    if (!sameContents(contents))
      throw new SafetyError(`the clone is not equal to the donor: ${differenceText(contents)}`, {
        node: recipient.host.name,
        next: "run pulumi up again: it clones once more from the donor, which is intact",
      });
    return { contentsEqual: { tables: contents.tablesCompared } };
  },
};
