import { minutes, type Step } from "../step.ts";
import { recipientUntilProved, serveFromDonor } from "./stop-gateways.ts";

/** Article step 14: one host after the other, each fully up before the next, primary first. */
export const startGateways: Step = {
  id: "start-gateways",
  timeoutMs: minutes(24 * 60),
  async run(context) {
    // A restart has opened the recipient again, or an earlier attempt has held it.
    await recipientUntilProved(context);
    await serveFromDonor(context);
    return { gatewaysStarted: context.facts.gatewaysBefore ?? [] };
  },
};
