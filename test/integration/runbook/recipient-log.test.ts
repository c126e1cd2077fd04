import assert from "node:assert/strict";
import { SafetyError } from "../../../providers/errors.ts";
import { type Statement, sql } from "../../../providers/mysql/statement.ts";
import type { Node } from "../../../providers/node/node.ts";
import { openNode } from "../../../providers/node/open-node.ts";
import { refuseForeignEvents } from "../../../providers/runbook/recipient-log.ts";
import { variable } from "../../../providers/runbook/replica.ts";
import type { Context, Facts } from "../../../providers/runbook/step.ts";
import { wireDonor } from "../../../providers/runbook/steps/wire-donor.ts";
import { bringUp, nodeOf } from "../node/lab-nodes.ts";

const MS = 30_000;
const PAGE = 4;

describe("the recipient's log, before the donor reads it", () => {
  let donor: Node;
  let recipient: Node;
  let ownId = "";
  before(async () => {
    const lab = await bringUp("mysql-9.7");
    donor = await openNode(nodeOf(lab, "primary"), {});
    recipient = await openNode(nodeOf(lab, "secondary"), {});
    ownId = await variable(recipient, "server_id");
    for (const node of [donor, recipient]) await node.query(node.dialect.stopReplica(), MS);
    await recipient.query(recipient.dialect.resetLogs(), MS);
  });
  after(async () => {
    await recipient.query(sql`SET GLOBAL server_id = ${Number(ownId)}`, MS);
    await write([sql`DROP SCHEMA IF EXISTS paged`]);
    await donor.close();
    await recipient.close();
  });

  /** A session keeps the server_id that it began with. */
  const write = async (statements: readonly Statement[]): Promise<void> => {
    const session = await recipient.openSession(MS);
    for (const statement of statements) await session.query(statement, MS);
    await session.close();
  };

  it("may be as long as it likes where all of it is the donor's, and one event of another is found at its end", async () => {
    await recipient.query(sql`SET GLOBAL server_id = ${Number(await variable(donor, "server_id"))}`, MS);
    await write([sql`CREATE SCHEMA paged`, sql`CREATE TABLE paged.t (id INT PRIMARY KEY)`]);
    for (let id = 1; id <= 5; id += 1) await write([sql`INSERT INTO paged.t VALUES (${id})`]);
    const events = await recipient.query(sql`SHOW BINLOG EVENTS`, MS);
    assert.ok(events.length > 3 * PAGE);
    await refuseForeignEvents({ donor, recipient }, PAGE);
    await recipient.query(sql`SET GLOBAL server_id = ${Number(ownId)}`, MS);
    await write([sql`DROP TABLE paged.t`]);
    await assert.rejects(refuseForeignEvents({ donor, recipient }, PAGE), (error: Error) => {
      assert.ok(error instanceof SafetyError);
      assert.match(error.message, new RegExp(`an event of server_id ${ownId} \\(.* that would travel to the donor`));
      return true;
    });
  });

  it("that holds an event of its own makes the next attempt clone once more, and lets nobody in", async () => {
    const noted: Partial<Facts>[] = [];
    const context = {
      ...{ donor, recipient, runId: "20261125T000000Z-0a0b0c0d", facts: { contentsEqual: { tables: 1 } } },
      note: async (facts: Partial<Facts>) => void noted.push(facts),
      assertOurs: async () => {},
    } as Context;
    const others = async (): Promise<void> => {
      throw new SafetyError("another's", { next: "" });
    };
    await recipient.query(sql`SET GLOBAL offline_mode = ON`, MS);
    try {
      await assert.rejects(wireDonor.run({ ...context, assertOurs: others }), /another's/);
      assert.deepEqual(noted, []);
      await assert.rejects(wireDonor.run(context), /would travel to the donor/);
      assert.equal(await variable(recipient, "offline_mode"), "ON");
    } finally {
      await recipient.query(sql`SET GLOBAL offline_mode = OFF`, MS);
    }
    assert.deepEqual(noted, [{ clone: null, contentsEqual: null }]);
  });
});
