import { observeGatewayHost } from "../../observe/gateway-hosts.ts";
import { holdWrites, releaseWrites, startGateway, untilQuiet } from "../quiet.ts";
import { type Context, minutes, type Step } from "../step.ts";

const STOP_MS = minutes(2);

/** Article step 7, before the logs are reset. What a service script says is not believed: see untilQuiet. */
export const stopGateways: Step = {
  id: "stop-gateways",
  timeoutMs: minutes(6),
  async run(context) {
    await context.guard.post(context.facts.gatewaysBefore ?? []);
    await Promise.all(
      context.hosts.map(async ({ host, shell }) => {
        await context.tell(`${host.name}: stopping its gateway`);
        await shell.tryScript('exec "$@"', host.gateway.stop, STOP_MS);
      }),
    );
    await untilQuiet(context);
    await holdWrites(context.donor);
    return {};
  },
  undo: serveFromDonor,
};

/**
 * Lets the donor write again and starts the gateways that ran before. Also what a halt does: the donor is whole. Where it
 * fails the guards stay, and try it once more when this run is gone.
 */
export async function serveFromDonor(context: Context): Promise<void> {
  await context.guard.allow();
  await releaseWrites(context.donor);
  for (const target of context.hosts) {
    if (!context.facts.gatewaysBefore?.includes(target.host.name)) continue;
    if ((await observeGatewayHost(target.shell, target.host.gateway)).processes > 0) continue;
    await startGateway(context, target);
  }
  await context.guard.end();
}
