import type { Node } from "../node/node.ts";
import { errorText } from "../report/error.ts";
import { createGuard } from "./guard.ts";
import { identityOf } from "./identity.ts";
import { factsOf, milestones } from "./journal.ts";
import { readJournal } from "./journal-file.ts";
import { takeLock } from "./lock.ts";
import type { PerformRequest } from "./perform.ts";
import type { Facts } from "./step.ts";
import { recipientWrites, serveFromDonor } from "./steps/stop-gateways.ts";

/**
 * A run that was cut short with the gateways stopped, and that may not go on now: they come back on the donor, which is
 * whole whatever became of the recipient. Only the donor is locked, because the recipient may be out of reach. Returns
 * what to tell.
 */
export const serveMeanwhile = async (request: PerformRequest): Promise<readonly string[]> => {
  const { plan, pair, reach, owner } = request;
  if (!plan.resumes) return [];
  const said: string[] = [];
  const tell = async (text: string) => void (await request.say(text));
  try {
    const donor = await reach.node(pair[plan.donor]);
    const { runId } = plan.resumes;
    const lock = await takeLock([donor], { runId, owner, tell: (text) => void tell(text) });
    try {
      const journal = await readJournal(donor);
      const isOurs = journal?.runId === runId && journal.donor.serverUuid === (await identityOf(donor)).serverUuid;
      const facts = isOurs ? (factsOf(journal.events) as Facts) : {};
      if (!facts.gatewaysBefore?.length) return [];
      const hosts = await request.gatewayShells();
      const begun = journal !== undefined && milestones(journal.events).destroying;
      const recipient = begun ? undefined : await recipientToo(request, facts, tell);
      const nodes = { donor, ...(recipient && { recipient }) };
      const guard = createGuard({ ...nodes, runId, hosts, limitSeconds: pair.policy.guardSeconds, tell });
      await serveFromDonor({ ...nodes, hosts, facts, pair, guard, tell });
      said.push(`meanwhile ${donor.host.name} serves: the gateways run on ${facts.gatewaysBefore.join(", ")}`);
    } finally {
      await lock.release();
    }
  } catch (error) {
    said.push(`the gateways could not be brought back on the donor: ${errorText(error)}`);
  }
  return said;
};

/** As long as nothing was destroyed: gateways that prefer the recipient must find it taking writes. It may be out of reach. */
const recipientToo = async (
  { pair, plan, reach }: PerformRequest,
  facts: Facts,
  tell: (text: string) => Promise<void>,
): Promise<Node | undefined> => {
  try {
    const recipient = await reach.node(pair[plan.recipient]);
    await recipientWrites({ recipient, facts });
    return recipient;
  } catch (error) {
    await tell(`${pair[plan.recipient].name} is left as it is: ${errorText(error)}`);
    return undefined;
  }
};
