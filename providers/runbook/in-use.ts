import { SafetyError, UnreachableError } from "../errors.ts";
import { applicationSessions } from "../observe/sessions.ts";
import { signsText, stillRunning } from "./quiet.ts";
import { sendersOf } from "./senders.ts";
import type { Context } from "./step.ts";

/** A service that came back by itself since its stop was proved. UnreachableError where a host cannot be asked. */
export const refuseWhileRunning = async (context: Context): Promise<void> => {
  const { unasked, signs } = context.profile.stopsServices ? await stillRunning(context) : { unasked: [], signs: [] };
  if (signs.length > 0)
    throw new SafetyError(`the application has come back: ${signsText(signs)}`, {
      node: signs[0]?.host ?? "",
      next: "find what starts it (the process controller, cron, a person), keep it from doing so, then run npx pulumi up again",
    });
  if (unasked.length > 0)
    throw new UnreachableError(`whether the application is still stopped is not known: ${signsText(unasked)}`, {
      node: unasked[0]?.host ?? "",
      next: "make that host reachable, then run npx pulumi up again",
      retryable: true,
    });
};

/** A dump thread or an application session during a reset leaves a ghost transaction, or error 1236 at the peer. */
export const refuseWhileUsed = async ({ donor, recipient, pair, profile }: Context): Promise<void> => {
  for (const node of [recipient, donor]) {
    const senders = await sendersOf(node);
    // Where no service can be stopped the application stays connected: the donor takes no write, the fence keeps it out.
    const sessions = profile.stopsServices ? await applicationSessions(node, pair.applicationAccounts) : [];
    if (senders.length + sessions.length === 0) continue;
    const who = [
      ...senders.map(({ host }) => `a replica at ${host}`),
      ...sessions.map(({ user, host }) => `${user}@${host}`),
    ];
    throw new SafetyError(`the logs are in use by ${who.join(", ")}`, {
      node: node.host.name,
      next: "end these sessions, then run npx pulumi up again",
    });
  }
};
