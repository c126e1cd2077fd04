import { SafetyError } from "../../errors.ts";
import { carryOver } from "../carry-over.ts";
import { each } from "../each.ts";
import { readFenceMarker } from "../fence-marker.ts";
import { gatewayClients } from "../gateway-clients.ts";
import { holdWrites, releaseWrites, untilQuiet } from "../quiet.ts";
import { type Service, serves, startGateway, wordsOf } from "../start-gateway.ts";
import { type Context, minutes, type Step } from "../step.ts";

/** Article step 7, before the logs are reset. What a service script says is not believed: see untilQuiet. */
export const stopGateways: Step = {
  id: "stop-gateways",
  timeoutMs: minutes(130),
  async run(context) {
    await context.guard.post(context.facts);
    // Every stop comes to its end, also where another fails: none may still be under way when the undo starts it again.
    const stops = await Promise.allSettled(
      context.hosts.map(async ({ host, shell }) => {
        await context.tell(`${host.name}: stopping its gateway`);
        const limitMs = context.pair.policy.gatewayStopSeconds * 1000;
        const stop = await shell.tryScript('exec "$@"', host.gateway.stop, limitMs);
        if (stop.exitCode !== 0)
          await context.tell(
            `${host.name}: its stop command ended with exit code ${stop.exitCode}: ${context.donor.redact(wordsOf(shell, stop))}`,
          );
      }),
    );
    const failed = stops.find((stop) => stop.status === "rejected");
    if (failed) throw failed.reason;
    await untilQuiet(context);
    // A fenced recipient refuses more than that, and the clone of an earlier attempt may be at work behind the fence.
    for (const node of context.plan.resumes?.fenced ? [context.donor] : [context.donor, context.recipient])
      await holdWrites(node);
    await carryOver(context);
    return {};
  },
  async undo(context) {
    // Writes first: where the recipient is the primary, the gateways go there.
    await each([() => recipientWrites(context), () => serveFromDonor(context)]);
  },
};

/** A fence that could not be lifted stays whole: the next run undoes it. */
export const recipientWrites = async ({ recipient, facts }: Pick<Context, "recipient" | "facts">): Promise<void> => {
  if (!(await readFenceMarker(recipient))) await releaseWrites(recipient, facts);
};

/**
 * When the fence is lifted, and until the copy is proved to the end: only the links write there, so that a gateway which
 * fails over meanwhile writes nothing that a clone would have to overwrite. Gateways prefer the primary: where that is the
 * recipient it takes writes, they have nowhere else to go. Nothing behind a fence, where a load may be at work.
 */
export const recipientUntilProved = async ({
  recipient,
  facts,
}: Pick<Context, "recipient" | "facts">): Promise<void> => {
  if (await readFenceMarker(recipient)) return;
  await (recipient.host.side === "primary" ? releaseWrites(recipient, facts) : holdWrites(recipient));
};

/**
 * Lets the donor write again and starts the gateways that ran before. Also what a halt does: the donor is whole. Where it
 * fails the guards stay, and try it once more when this run is gone.
 */
export async function serveFromDonor(context: Service): Promise<void> {
  await context.guard.allow();
  await releaseWrites(context.donor, context.facts);
  const clients = await gatewayClients(context.hosts, context.pair);
  const failures: Error[] = [];
  for (const target of context.hosts) {
    if (!context.facts.gatewaysBefore?.includes(target.host.name)) continue;
    try {
      if (!(await serves(context, target, clients))) await startGateway(context, target, clients);
    } catch (error) {
      // The others still have to serve.
      failures.push(error as Error);
    }
  }
  const [first, ...others] = failures;
  if (!first) return context.guard.end();
  if (others.length === 0) throw first;
  throw new SafetyError([first, ...others].map(({ message }) => message).join("; "), {
    next: "look at these gateways' own logs; the donor serves whoever connects",
  });
}
