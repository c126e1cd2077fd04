import { orDisown } from "../disown.ts";
import { requireFact } from "../facts.ts";
import { linkName, repointLink, startLink } from "../link.ts";
import { releaseWrites } from "../quiet.ts";
import { refuseForeignEvents } from "../recipient-log.ts";
import { minutes, type Step } from "../step.ts";
import { proveTokens } from "../tokens.ts";
import { whileWritable } from "../while-writable.ts";
import { allowAutostart, liftFence } from "./fence.ts";
import { recipientUntilProved } from "./stop-gateways.ts";

const STATEMENT_MS = 30_000;

/**
 * Donor <- recipient, and the end of the fence. The order is forced: the refusal of logins also keeps the donor's
 * replication account out, so it goes first, read-only last (see recipientUntilProved). The donor drops events that bear
 * its own server_id, so the recipient's log may be read from its first event; nothing of the load may stand in it.
 */
export const wireDonor: Step = {
  id: "wire-donor",
  timeoutMs: minutes(8 * 60),
  async run(context) {
    const { donor, recipient, tell } = context;
    // Only before the donor reads this log for the first time: from then on the recipient's own writes belong in it.
    // A log that holds more than the donor's own events is emptied by cloning once more, and by nothing else.
    if (!context.facts.donorWired) await orDisown(context, () => refuseForeignEvents(context));
    // The look may have taken long.
    await context.assertOurs();
    for (const statement of recipient.dialect.liftLoginRefusal()) await recipient.query(statement, STATEMENT_MS);
    const link = { replica: donor, source: recipient, from: requireFact(context.facts, "recipientPosition") };
    if (context.facts.donorWired) await repointLink(context, link);
    else await startLink({ ...context, tls: context.facts.tlsBefore }, link);
    await context.note({ donorWired: true });
    await releaseWrites(donor, context.facts);
    await whileWritable([donor, recipient], () => proveTokens(context));
    await tell(
      `tokens crossed ${linkName({ replica: recipient, source: donor })} and ${linkName({ replica: donor, source: recipient })}`,
    );
    await allowAutostart(donor, context.facts);
    await liftFence(recipient, context.facts);
    await context.note({ fenceLifted: true });
    await recipientUntilProved(context);
    return {};
  },
};
