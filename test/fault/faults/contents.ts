import type { Lab } from "../../../lab/lab.ts";
import type { Side } from "../../../lab/record.ts";
import { withSql } from "../../../lab/sql.ts";
import { pulumi } from "../../support/pulumi.ts";
import type { Fault } from "../fault.ts";
import { recipient } from "../nodes.ts";

/** As root, and so that nothing of it is replicated, whatever the node refuses. */
const unnoticed = (lab: Lab, side: Side, statement: string): Promise<void> =>
  withSql(lab.record(), side, async (sql) => {
    await sql.query("SET sql_log_bin = 0");
    const [{ closed } = { closed: 0 }] = await sql.query<{ closed: number }>("SELECT @@super_read_only AS closed");
    if (closed) await sql.query("SET GLOBAL super_read_only = OFF");
    await sql.query(statement);
    if (closed) await sql.query("SET GLOBAL super_read_only = ON");
  });

const NAME = "written on the recipient alone";

/**
 * Somebody writes on the recipient between the proof of the copy and the last look, which finds it when the fence is down
 * already. The next `up` must not take the fence that is closed again for a proof that nobody wrote.
 */
export const rowOnRecipient: Fault = {
  name: "row-on-recipient",
  says: /differ after all/,
  at: () => recipient,
  expects: () => ["halted"],
  strikes: ({ step }) => step === "wire-donor" || step === "start-gateways",
  inject: ({ lab }) =>
    unnoticed(
      lab,
      recipient,
      `INSERT INTO ssg.policy SELECT UUID_TO_BIN(UUID()), version, '${NAME}', xml, UUID(), folder_goid FROM ssg.policy LIMIT 1`,
    ),
  async heal(lab) {
    const { exitCode, output } = await pulumi(lab, "up", "--yes", "--skip-preview");
    if (exitCode === 0 || !/ssg\.policy: 1 row .*never discarded/.test(output))
      throw new Error(`the next up does not refuse to lose the row:\n${output}`);
    await unnoticed(lab, recipient, `DELETE FROM ssg.policy WHERE name = '${NAME}'`);
  },
};
