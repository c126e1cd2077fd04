import { SafetyError } from "../../errors.ts";
import { sql } from "../../mysql/statement.ts";
import type { Node } from "../../node/node.ts";
import { applicationSessions } from "../../observe/sessions.ts";
import { stillRunning } from "../quiet.ts";
import { positionOf, usesGtid, variable } from "../replica.ts";
import { sendersOf } from "../senders.ts";
import { type Context, minutes, type Step } from "../step.ts";

const STATEMENT_MS = 60_000;

/**
 * Article steps 5 and 6. The recipient first, the donor last: were the donor reset alone, a restarted link of the
 * recipient would show two running threads, no lag and a GTID set that contains the donor's, with rows missing.
 * Until the clone is wired, GTID sets and positions prove nothing; only contents do.
 * No undo: emptied logs do not come back. Both copies are whole all along.
 */
export const reset: Step = {
  id: "reset",
  timeoutMs: minutes(5),
  destroys: "coordinates",
  async satisfied({ facts }) {
    // On resume the donor may have served for hours; what it wrote since is in its log, which must stay.
    return facts.donorPosition ? "both logs were reset in this run" : undefined;
  },
  async run(context) {
    const { recipient, donor, guard, tell } = context;
    await guard.hold();
    await refuseWhileUsed(context);
    // Once more: a service that came back by itself since the stop was proved would write between the two resets.
    await refuseWhileRunning(context);
    await context.assertOurs();
    for (const node of [recipient, donor]) {
      await tell(`${node.host.name}: resetting its link and its logs`);
      for (const statement of [node.dialect.stopReplica(), node.dialect.resetReplicaAll(), node.dialect.resetLogs()])
        await node.query(statement, STATEMENT_MS);
      await proveEmpty(node);
    }
    await refuseWhileRunning(context);
    return { donorPosition: await positionOf(donor) };
  },
};

const refuseWhileRunning = async (context: Context): Promise<void> => {
  const signs = context.profile.stopsServices ? await stillRunning(context) : [];
  if (signs.length === 0) return;
  throw new SafetyError(`the application has come back: ${signs.join("; ")}`, {
    next: "find what starts it (the process controller, cron, a person), keep it from doing so, then run npx pulumi up again",
  });
};

/** A dump thread or an application session during a reset leaves a ghost transaction, or error 1236 at the peer. */
const refuseWhileUsed = async ({ donor, recipient, pair, profile }: Context): Promise<void> => {
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
      next: "end these sessions, then run pulumi up again",
    });
  }
};

const proveEmpty = async (node: Node): Promise<void> => {
  const logs = await node.query<{ Log_name: string }>(sql`SHOW BINARY LOGS`, STATEMENT_MS);
  const gtid = (await usesGtid(node)) ? await variable(node, "gtid_executed") : "";
  if (logs.length === 1 && gtid === "") return;
  throw new SafetyError(`the reset left ${logs.length} binary logs and the GTID set "${gtid}": somebody writes`, {
    node: node.host.name,
    next: "find who writes there (SHOW PROCESSLIST), then run pulumi up again",
  });
};
