import { otherSide } from "../record.ts";
import { withSql } from "../sql.ts";
import { waitFor } from "../wait.ts";
import { auditExists, insertAudit, newGoid } from "./audits.ts";
import { type Break, type BreakOptions, sqlFault } from "./break.ts";
import { waitSeen } from "./seen.ts";

export const duplicateKey: Break = {
  name: "duplicate-key",
  summary: "the same primary key with other contents on both sides (1062)",
  usualReplica: "secondary",
  run: breakByDuplicateKey,
};

export const oneLink: Break = {
  name: "one-link",
  summary: "only primary <- secondary, the link that the gateway's own monitor never watches",
  run: (options) => breakByDuplicateKey({ ...options, replica: "primary" }),
};

async function breakByDuplicateKey({ record, replica, say }: BreakOptions): Promise<void> {
  const source = otherSide(replica);
  const goid = newGoid();
  await withSql(record, replica, async (sql) => {
    await sql.query("SET sql_log_bin = 0");
    await insertAudit(sql, goid, `written on the ${replica}`);
  });
  await withSql(record, source, (sql) => insertAudit(sql, goid, `written on the ${source}`));
  say(`One audit row with the same key (0x${goid.toString("hex")}) was written on both sides, with other contents`);
  await waitSeen(record, replica, sqlFault(1062), say);
}

export const missingRow: Break = {
  name: "missing-row",
  summary: "a row that the replica lost is changed on the source (1032)",
  usualReplica: "secondary",
  async run({ record, replica, say }) {
    const source = otherSide(replica);
    const goid = newGoid();
    await withSql(record, source, (sql) => insertAudit(sql, goid, "to be lost"));
    await withSql(record, replica, async (sql) => {
      await waitFor(`a row to reach the ${replica}`, () => auditExists(sql, goid), 30_000);
      await sql.query("SET sql_log_bin = 0");
      await sql.query("DELETE FROM ssg.audit_main WHERE goid = ?", [goid]);
    });
    await withSql(record, source, (sql) =>
      sql.query("UPDATE ssg.audit_main SET message = 'changed' WHERE goid = ?", [goid]),
    );
    say(`Audit row 0x${goid.toString("hex")} was deleted on the ${replica} alone, then changed on the ${source}`);
    await waitSeen(record, replica, sqlFault(1032), say);
  },
};
