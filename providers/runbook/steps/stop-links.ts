import { SafetyError } from "../../errors.ts";
import { sameCoordinates } from "../../mysql/position.ts";
import type { Node } from "../../node/node.ts";
import { poll } from "../../node/poll.ts";
import { createAccounts, dropAccounts } from "../accounts.ts";
import { carries } from "../carry-over.ts";
import { each } from "../each.ts";
import { proveLogin } from "../prove-login.ts";
import { replicaOf } from "../replica.ts";
import { endSenders } from "../senders.ts";
import { type Context, minutes, type Step } from "../step.ts";
import { whileWritable } from "../while-writable.ts";

const STATEMENT_MS = 30_000;
const DRAIN_MS = minutes(10);

/**
 * Article step 4. The donor first applies its relay log to the end: what the recipient had sent is then in the donor's
 * contents before they become the only truth. The account for the new links is made here, unlogged, because later
 * steps hold the donor read-only, and tried at once, both ways.
 */
export const stopLinks: Step = {
  id: "stop-links",
  timeoutMs: DRAIN_MS + minutes(2),
  async run(context) {
    const { donor, recipient } = context;
    // Noted before the act: where this step is tried again the links are stopped already.
    await context.note({
      donorLinkRan: context.facts.donorLinkRan || (await carries({ replica: donor, source: recipient })),
      recipientLinkRan: context.facts.recipientLinkRan || (await carries({ replica: recipient, source: donor })),
    });
    await drain(context, donor);
    for (const node of [donor, recipient]) await node.query(node.dialect.stopReplica(), STATEMENT_MS);
    for (const node of [donor, recipient]) await endSenders(node);
    const facts = await whileWritable([donor, recipient], () => createAccounts(context));
    await proveLogin(context, recipient, donor);
    await proveLogin(context, donor, recipient);
    return facts;
  },
  async undo(context) {
    const { donor, recipient, facts } = context;
    const ran = [donor, recipient].filter(({ host }) => facts.threadsBefore?.[host.side]);
    await each([
      ...ran.map((node) => () => node.query(node.dialect.startReplica(), STATEMENT_MS)),
      () => dropAccounts(context),
    ]);
  },
};

/** An applier that is broken cannot be drained: then the comparison of contents shows what it lacks. */
const drain = async ({ tell }: Context, node: Node): Promise<void> => {
  const first = await replicaOf(node);
  if (first?.sql.state !== "running") return;
  await node.query(node.dialect.stopReplica("io"), STATEMENT_MS);
  await poll(
    { waitingFor: "the donor's relay log to be applied", limitMs: DRAIN_MS, intervalMs: 250, node: node.host.name },
    async () => {
      const status = await replicaOf(node);
      if (status?.sql.state !== "running")
        throw new SafetyError("the applier stopped before its relay log was applied", {
          node: node.host.name,
          next: `mend or skip what stopped it (${status?.sql.fault?.message ?? "no error given"}), then run npx pulumi up again`,
        });
      const { received, executed } = status;
      const done = sameCoordinates(received, executed);
      if (!done)
        await tell(
          `${node.host.name}: applying its relay log, ${executed.file}:${executed.offset} of ${received.file}:${received.offset}`,
          true,
        );
      return done || undefined;
    },
  );
};
