import assert from "node:assert/strict";
import { type Journal, type JournalEvent, newJournal, withEvent } from "../../../providers/runbook/journal.ts";
import { destroys, statementsSince } from "../../fault/invariants/donor.ts";
import { fenceOf } from "../../fault/invariants/fence.ts";
import { secretsIn } from "../../support/secrets-watch.ts";

const server = { name: "", serverUuid: "", serverId: 1 };
const run = { runId: "", startedAt: "", procedure: "vendor", donor: server, recipient: server };

/** Of events as "step kind". */
const journalOf = (...events: string[]): Journal =>
  events.reduce((journal, text) => {
    const [step, kind] = text.split(" ");
    return withEvent(journal, { step, kind, at: "" } as JournalEvent);
  }, newJournal(run));

describe("what the invariants go by", () => {
  for (const [events, fence] of [
    [[], "none"],
    [["compare succeeded"], "none"],
    [["fence started"], "closing"],
    [["fence started", "fence undone"], "none"],
    [["fence succeeded", "reset failed", "fence undo-failed"], "lifting"],
    [["fence started", "fence succeeded", "reset started"], "closed"],
    [["fence succeeded", "clone failed", "fence started"], "closed"],
    [["fence succeeded", "wire-donor started", "wire-donor noted"], "lifting"],
    [["fence succeeded", "wire-donor started", "wire-donor failed"], "closed"],
    [["fence succeeded", "wire-donor started", "wire-donor succeeded", "verify failed"], "lifted"],
  ] as const)
    it(`the fence is ${fence} after: ${events.join(", ") || "nothing"}`, () => {
      assert.equal(fenceOf(journalOf(...events)), fence);
    });

  const line = (session: number, command: string, text: string): string =>
    `2026-11-26T03:00:00.123456Z\t   ${session} ${command}\t${text}\n`;
  const before = line(7, "Connect", "root@localhost on  using Socket") + line(8, "Connect", "gateway@127.0.0.2 on ssg");
  const found = (session: number, text: string): readonly string[] =>
    statementsSince(Buffer.from(before + line(session, "Query", text)), before.length)
      .filter(destroys)
      .map(({ account }) => account);

  it("a statement that destroys is seen, with who sent it", () => {
    for (const text of [
      "DROP TABLE ssg.audit_main",
      "DROP DATABASE IF EXISTS `ssg`",
      "/*!40000 DROP DATABASE IF EXISTS `ssg`*/",
      "TRUNCATE TABLE ssg.audit_main",
      "DROP\n  VIEW ssg.v",
      "ALTER TABLE ssg.audit_main DROP COLUMN time",
      "DROP USER IF EXISTS 'gateway'@'127.0.0.2'",
      "DELETE FROM ssg.audit_main",
    ])
      assert.deepEqual(found(7, text), ["root"], text);
    assert.deepEqual(found(9, "DROP DATABASE ssg"), [""]);
    assert.deepEqual(found(8, "TRUNCATE ssg.audit_main"), ["gateway"]);
  });

  it("the application's rows, the run's schema and accounts, and what only reads are no such thing", () => {
    assert.deepEqual(found(8, "DELETE FROM message_id WHERE expires < 1"), []);
    for (const text of [
      "DROP DATABASE IF EXISTS replication_pair",
      "REPLACE INTO replication_pair.token (side, token) VALUES ('primary', 'x')",
      "DROP USER IF EXISTS 'rp_1f87ea1e_clone'@'127.0.0.2'",
      "SHOW CREATE TABLE ssg.audit_main",
      "SELECT 'DROP TABLE x'",
    ])
      assert.deepEqual(found(7, text), [], text);
  });

  it("a run's own password is known by its form", () => {
    const text = (its: string): boolean => secretsIn(`{"password":"${its}"}`, []);
    assert.ok(text("rP1_0123456789-_abcdefghABCD"));
    assert.ok(!text("rp_1f87ea1e"));
    assert.ok(secretsIn("a known one", ["known"]));
  });
});
