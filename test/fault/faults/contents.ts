import type { Lab } from "../../../lab/lab.ts";
import type { Side } from "../../../lab/record.ts";
import { withSql } from "../../../lab/sql.ts";
import type { Fault } from "../fault.ts";
import { recipient } from "../nodes.ts";
import { stepIndex } from "../points.ts";

/** As root, and so that nothing of it is replicated, whatever the node refuses. */
const unnoticed = (lab: Lab, side: Side, statement: string): Promise<void> =>
  withSql(lab.record(), side, async (sql) => {
    await sql.query("SET sql_log_bin = 0");
    const [{ closed } = { closed: 0 }] = await sql.query<{ closed: number }>("SELECT @@super_read_only AS closed");
    if (closed) await sql.query("SET GLOBAL super_read_only = OFF");
    await sql.query(statement);
    if (closed) await sql.query("SET GLOBAL super_read_only = ON");
  });

/** The copy was proved equal, and is not any more: the last look finds it, when the fence is down already. */
export const copyChanged: Fault = {
  name: "copy-changed",
  says: /differ after all/,
  strikes: ({ step, index }) => index >= stepIndex("wire-recipient") && step !== "verify",
  at: () => recipient,
  expects: () => ["halted"],
  inject: ({ lab }) => unnoticed(lab, recipient, "UPDATE ssg.policy SET xml = CONCAT(xml, ' ') ORDER BY goid LIMIT 1"),
};
