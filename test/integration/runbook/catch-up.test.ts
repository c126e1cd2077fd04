import assert from "node:assert/strict";
import { LimitError, SafetyError } from "../../../providers/errors.ts";
import { type Statement, sql } from "../../../providers/mysql/statement.ts";
import type { Node } from "../../../providers/node/node.ts";
import { openNode } from "../../../providers/node/open-node.ts";
import { untilCaughtUp } from "../../../providers/runbook/link.ts";
import { variable } from "../../../providers/runbook/replica.ts";
import { bringUp, nodeOf } from "../node/lab-nodes.ts";

const MS = 30_000;

/** With GTID the server itself would wait on in each of these. */
describe("a wait for a replica to catch up", () => {
  let source: Node;
  let replica: Node;
  before(async () => {
    const lab = await bringUp("mysql-9.7", "link");
    source = await openNode(nodeOf(lab, "primary"), {});
    replica = await openNode(nodeOf(lab, "secondary"), {});
    await untilCaughtUp({ replica, source });
  });
  after(async () => {
    await source.close();
    await replica.close();
  });

  const refusedWith = (text: RegExp): Promise<void> =>
    assert.rejects(untilCaughtUp({ replica, source }), (error: Error) => {
      assert.ok(error instanceof SafetyError, error.message);
      assert.match(error.message, text);
      return true;
    });

  const unlogged = async (statement: Statement): Promise<void> => {
    const session = await replica.openSession(MS);
    await session.query(sql`SET sql_log_bin = 0`, MS);
    await session.query(statement, MS);
    await session.close();
  };

  it("ends with the words of an applier that died", async () => {
    await unlogged(sql`CREATE SCHEMA caught`);
    await source.query(sql`CREATE SCHEMA caught`, MS);
    await refusedWith(/does not run: 1007 .*database exists/);
    await unlogged(sql`DROP SCHEMA caught`);
    await replica.query(replica.dialect.startReplica(), MS);
    await untilCaughtUp({ replica, source });
  });

  it("ends when somebody stops the applier", async () => {
    await replica.query(replica.dialect.stopReplica("sql"), MS);
    await source.query(sql`CREATE TABLE caught.t (id INT PRIMARY KEY)`, MS);
    await refusedWith(/cannot catch up: its applier was stopped/);
    await replica.query(replica.dialect.startReplica(), MS);
    await untilCaughtUp({ replica, source });
  });

  it("ends with the words of a receiver that died, once all that it had fetched is applied", async () => {
    const own = await variable(source, "server_id");
    await replica.query(replica.dialect.stopReplica("io"), MS);
    await source.query(sql`INSERT INTO caught.t VALUES (1)`, MS);
    // A source with the replica's own number is refused, and not asked again.
    await source.query(sql`SET GLOBAL server_id = ${Number(await variable(replica, "server_id"))}`, MS);
    await replica.query(replica.dialect.startReplica(), MS);
    await refusedWith(/does not run: 13117 .*equal MySQL server ids/);
    await source.query(sql`SET GLOBAL server_id = ${Number(own)}`, MS);
    await replica.query(replica.dialect.startReplica(), MS);
    await untilCaughtUp({ replica, source });
  });

  it("ends at its limit where nothing comes, and says how the threads were", async () => {
    await replica.query(replica.dialect.stopReplica("io"), MS);
    await source.query(sql`INSERT INTO caught.t VALUES (2)`, MS);
    await assert.rejects(untilCaughtUp({ replica, source }, { limitMs: 1_000 }), (error: Error) => {
      assert.ok(error instanceof LimitError, error.message);
      assert.match(
        error.message,
        /^waited 1 s for secondary <- primary to catch up; last seen: receiver stopped, applier running/,
      );
      return true;
    });
  });
});
