import { SafetyError } from "../../errors.ts";
import { compareContents } from "../../observe/contents.ts";
import { differenceText, sameContents } from "../../report/contents.ts";
import { retireAccounts } from "../accounts.ts";
import { untilCaughtUp, untilRunning } from "../link.ts";
import { releaseWrites } from "../quiet.ts";
import { type Context, minutes, type Step } from "../step.ts";
import { proveTokens, removeTokens } from "../tokens.ts";
import { whileWritable } from "../while-writable.ts";
import { allowAutostart, fenceOff } from "./fence.ts";

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
    await allowAutostart(donor);
    const links = [
      { replica: recipient, source: donor },
      { replica: donor, source: recipient },
    ];
    for (const link of links) {
      const { replica } = link;
      await replica.query(replica.dialect.stopReplica("io"), STATEMENT_MS);
      await replica.query(replica.dialect.startReplica("io"), STATEMENT_MS);
      await untilRunning(link);
    }
    await whileWritable([donor, recipient], async () => {
      await proveTokens(context);
      for (const link of links) await untilCaughtUp(link);
      await tell("both links proved by tokens; comparing the contents once more");
      await proveContents(context);
      await removeTokens(context);
      await retireAccounts(context);
    });
    // An attempt that was killed in here left a standby without its super_read_only.
    for (const node of [donor, recipient]) await releaseWrites(node, context.facts);
    return {};
  },
};

const proveContents = async (context: Context): Promise<void> => {
  const { donor, recipient } = context;
  const contents = await compareContents(context.node("primary"), context.node("secondary"), {
    donor: donor.host.side,
    live: true,
  });
  if (sameContents(contents)) return;
  // The recipient's copy is proved wrong: it serves nobody until the next attempt has cloned again.
  await context.note({ contentsEqual: null, fenceLifted: false });
  await fenceOff(context);
  throw new SafetyError(`the two sides differ after all: ${differenceText(contents)}`, {
    node: recipient.host.name,
    next: "run npx pulumi refresh: it looks at both sides again",
  });
};
