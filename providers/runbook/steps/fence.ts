import { SafetyError } from "../../errors.ts";
import type { Node } from "../../node/node.ts";
import { poll } from "../../node/poll.ts";
import { applicationSessions } from "../../observe/sessions.ts";
import { removeFenceMarker, writeFenceMarker } from "../fence-marker.ts";
import { identityOf } from "../identity.ts";
import { variable } from "../replica.ts";
import { dropSessions } from "../sessions.ts";
import { minutes, type Step } from "../step.ts";

const STATEMENT_MS = 30_000;
const SESSIONS_MS = 15_000;

/**
 * From here the recipient serves nobody, also after a restart: persisted read-only, no replica autostart, logins of
 * accounts without administrative rights refused, and a marker outside the data folder that names donor and recipient.
 * Read-only alone is no fence: gateways fail over to an empty server and read it.
 */
export const fence: Step = {
  id: "fence",
  timeoutMs: minutes(2),
  async run(context) {
    const { donor, recipient, runId } = context;
    // Marker first: whatever happens next, the node itself tells whose it is.
    await writeFenceMarker(recipient, {
      runId,
      step: "fence",
      donor: await identityOf(donor),
      recipient: await identityOf(recipient),
    });
    await closeFence(recipient);
    await donorStaysStopped(donor);
    await dropSessions(recipient, context.pair.applicationAccounts);
    await prove(recipient, context.pair.applicationAccounts);
    return { fenceLifted: false };
  },
  async undo({ recipient, donor }) {
    await liftFence(recipient);
    await allowAutostart(donor);
  },
};

export const closeFence = async (recipient: Node): Promise<void> => {
  for (const statement of recipient.dialect.fence()) await recipient.query(statement, STATEMENT_MS);
};

/** A restart of the donor in the middle of the run must not start its link by itself. */
const donorStaysStopped = async (donor: Node): Promise<void> => {
  for (const statement of donor.dialect.forbidAutostart()) await donor.query(statement, STATEMENT_MS);
};

export const allowAutostart = async (node: Node): Promise<void> => {
  for (const statement of node.dialect.allowAutostart()) await node.query(statement, STATEMENT_MS);
};

const prove = async (recipient: Node, accounts: readonly string[]): Promise<void> => {
  const readOnly = await variable(recipient, "read_only");
  const refused = await variable(recipient, "offline_mode");
  if (readOnly !== "ON" || refused !== "ON")
    throw new SafetyError(`the fence does not hold: read_only=${readOnly}, offline_mode=${refused}`, {
      node: recipient.host.name,
      next: "see docs/states.md, then run npx pulumi up again",
    });
  // A session that is ended goes when its statement lets it.
  await poll(
    {
      ...{ waitingFor: "the application's last sessions to be gone", limitMs: SESSIONS_MS, intervalMs: 250 },
      ...{ node: recipient.host.name, next: "end them there, then run npx pulumi up again" },
    },
    async () => ((await applicationSessions(recipient, accounts)).length === 0 ? true : undefined),
  );
};

export const liftFence = async (recipient: Node): Promise<void> => {
  const { dialect } = recipient;
  for (const statement of [...dialect.liftLoginRefusal(), ...dialect.liftReadOnly()])
    await recipient.query(statement, STATEMENT_MS);
  await allowAutostart(recipient);
  await removeFenceMarker(recipient);
};
