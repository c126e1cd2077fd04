import { SafetyError } from "../../errors.ts";
import { sql } from "../../mysql/statement.ts";
import type { Node } from "../../node/node.ts";
import { refuseWhileRunning } from "../in-use.ts";
import { positionOf, usesGtid, variable } from "../replica.ts";
import { minutes, type Step } from "../step.ts";

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
    for (const node of [recipient, donor]) {
      await context.assertOurs();
      await tell(`${node.host.name}: resetting its link and its logs`);
      for (const statement of [node.dialect.stopReplica(), node.dialect.resetReplicaAll(), node.dialect.resetLogs()])
        await node.query(statement, STATEMENT_MS);
      await proveEmpty(node);
    }
    // One that came back between the two resets may have written in between.
    await refuseWhileRunning(context);
    await context.note({ donorPosition: await positionOf(donor) });
    // What they let the gateways write from here on is in the donor's log and in the clone alike.
    await guard.allow();
    return {};
  },
};

const proveEmpty = async (node: Node): Promise<void> => {
  const logs = await node.query<{ Log_name: string }>(sql`SHOW BINARY LOGS`, STATEMENT_MS);
  const gtid = (await usesGtid(node)) ? await variable(node, "gtid_executed") : "";
  if (logs.length === 1 && gtid === "") return;
  throw new SafetyError(`the reset left ${logs.length} binary logs and the GTID set "${gtid}": somebody writes`, {
    node: node.host.name,
    next: "find who writes there (SHOW PROCESSLIST), then run npx pulumi up again",
  });
};
