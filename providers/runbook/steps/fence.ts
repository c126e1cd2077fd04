import { logicalDump } from "../../clone/logical-dump.ts";
import { SafetyError } from "../../errors.ts";
import type { Node } from "../../node/node.ts";
import { poll } from "../../node/poll.ts";
import { applicationSessions } from "../../observe/sessions.ts";
import { insideWindow } from "../../plan/window.ts";
import { each } from "../each.ts";
import { readFenceMarker, removeFenceMarker, writeFenceMarker } from "../fence-marker.ts";
import { identityOf } from "../identity.ts";
import { refuseWhileRunning, refuseWhileUsed } from "../in-use.ts";
import { isPastFence } from "../past-fence.ts";
import { persistAsBefore } from "../persisted.ts";
import { holdWrites } from "../quiet.ts";
import { variable } from "../replica.ts";
import { dropSessions } from "../sessions.ts";
import { type Context, type Facts, minutes, type Step } from "../step.ts";

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
  async satisfied({ plan, recipient, runId }) {
    // Closing it again would end a load that goes on: only super_read_only is open for it.
    if (!plan.resumes?.fenced || !(await logicalDump.earlier(recipient, runId))) return undefined;
    return (await fenceHolds(recipient)) ? "it stands, and the clone of an earlier attempt works behind it" : undefined;
  },
  async run(context) {
    const { donor, recipient, guard } = context;
    refuseOutsideWindow(context);
    await fenceOff(context);
    await donorStaysStopped(donor);
    await prove(recipient, context.pair.applicationAccounts);
    // Nothing is destroyed yet: what is found here is undone, what is found after the first reset halts.
    await guard.assertQuiet();
    await refuseWhileRunning(context);
    await refuseWhileUsed(context);
    return { fenceLifted: false };
  },
  async undo({ recipient, donor, facts }) {
    await each([
      async () => {
        await liftFence(recipient, facts);
        // Back to what the steps before it have made.
        await holdWrites(recipient);
      },
      () => allowAutostart(donor, facts),
    ]);
  },
};

/** The last look at the clock: from the reset on a run finishes, whatever the hour. */
const refuseOutsideWindow = ({ pair, plan, facts }: Context): void => {
  const window = pair.policy.maintenanceWindow;
  if (!window || isPastFence({ plan, facts }) || insideWindow(window, new Date())) return;
  throw new SafetyError(`the maintenance window has ended (${window.start} to ${window.end} UTC)`, {
    next: "run npx pulumi up inside the next window, or change policy.maintenanceWindow",
  });
};

/** Marker first: whatever happens next, the node itself tells whose it is. */
export const fenceOff = async ({ donor, recipient, runId, pair }: Context): Promise<void> => {
  await writeFenceMarker(recipient, {
    runId,
    step: "fence",
    donor: await identityOf(donor),
    recipient: await identityOf(recipient),
  });
  await closeFence(recipient);
  await dropSessions(recipient, pair.applicationAccounts);
};

/** By what the server says now. */
export const fenceHolds = async (recipient: Node): Promise<boolean> =>
  (await variable(recipient, "read_only")) === "ON" && (await variable(recipient, "offline_mode")) === "ON";

/** A halt: as the fence was, except under a load that outlives this run. */
export const closeFenceAgain = async ({ recipient, runId }: Context): Promise<void> => {
  // Where no marker stands the fence was never closed, or the run itself has lifted it.
  if (!(await readFenceMarker(recipient))) return;
  if (!(await logicalDump.isAlive(recipient, runId)) || !(await fenceHolds(recipient))) await closeFence(recipient);
};

export const closeFence = async (recipient: Node): Promise<void> => {
  for (const statement of recipient.dialect.fence()) await recipient.query(statement, STATEMENT_MS);
};

/** A restart of the donor in the middle of the run must not start its link by itself. */
const donorStaysStopped = async (donor: Node): Promise<void> => {
  for (const statement of donor.dialect.forbidAutostart()) await donor.query(statement, STATEMENT_MS);
};

export const allowAutostart = async (node: Node, facts: Facts): Promise<void> => {
  for (const statement of node.dialect.allowAutostart()) await node.query(statement, STATEMENT_MS);
  await persistAsBefore(node, facts);
};

const prove = async (recipient: Node, accounts: readonly string[]): Promise<void> => {
  if (!(await fenceHolds(recipient)))
    throw new SafetyError("the fence does not hold: read_only or offline_mode is off again", {
      node: recipient.host.name,
      next: "find who sets them there (see docs/faults.md), then run npx pulumi up again",
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

export const liftFence = async (recipient: Node, facts: Facts): Promise<void> => {
  const { dialect } = recipient;
  for (const statement of [...dialect.liftLoginRefusal(), ...dialect.liftReadOnly()])
    await recipient.query(statement, STATEMENT_MS);
  await allowAutostart(recipient, facts);
  await removeFenceMarker(recipient);
};
