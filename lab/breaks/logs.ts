import { otherSide, sides } from "../record.ts";
import { withSql } from "../sql.ts";
import { type Break, ioFault } from "./break.ts";
import { writeAndPurge } from "./purge.ts";
import { waitSeen } from "./seen.ts";

const sourceLacksTheLog = ioFault(1236, 13114);

export const purgedLog: Break = {
  name: "purged-log",
  summary: "the source purged a binary log before the replica had read it (1236, 13114)",
  usualReplica: "secondary",
  async run({ record, replica, say }) {
    const source = otherSide(replica);
    await withSql(record, replica, (sql) => sql.query("STOP REPLICA"));
    await writeAndPurge(record, source, "in a purged log");
    await withSql(record, replica, (sql) => sql.query("START REPLICA"));
    say(
      `While the ${replica} was stopped, the ${source} wrote a row, began a new binary log and purged the older ones`,
    );
    await waitSeen(record, replica, sourceLacksTheLog, say);
  },
};

export const bothSides: Break = {
  name: "both-sides",
  summary: "rows on both sides that the other lacks and can no longer fetch; those of the secondary are audits",
  async run({ record, say }) {
    for (const side of sides) await withSql(record, side, (sql) => sql.query("STOP REPLICA"));
    for (const side of sides) {
      const goid = await writeAndPurge(record, side, `only on the ${side}`);
      say(`Audit row 0x${goid.toString("hex")} was written on the ${side} alone, and its binary log purged`);
    }
    for (const side of sides) await withSql(record, side, (sql) => sql.query("START REPLICA"));
    for (const side of sides) await waitSeen(record, side, sourceLacksTheLog, say);
    say("pulumi up will refuse to lose the secondary's row, until it is told to save it to a file first:");
    say("  npx pulumi config set --path policy.recipientOnlyRows save-and-discard");
  },
};
