import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../../lab/lab.ts";
import { unlogged } from "../../../providers/clone/unlogged.ts";
import { LimitError, SqlError, UnreachableError } from "../../../providers/errors.ts";
import type { Statement } from "../../../providers/mysql/statement.ts";
import { sql } from "../../../providers/mysql/statement.ts";
import type { Node } from "../../../providers/node/node.ts";
import { openNode } from "../../../providers/node/open-node.ts";
import { formatOptionFile } from "../../../providers/node/option-file.ts";
import type { DatabaseNode, Secrets } from "../../../providers/pair.ts";
import { bringUp, flavours, nodeOf, withAccess } from "./lab-nodes.ts";

const MS = 10_000;
const awkward = "-a'b\"c\\d#e=f$g%h é;`\t";
const account = "awkward";
const ways = ["socket", "tunnel", "direct"] as const;

for (const flavour of flavours)
  describe(`SQL on a node, ${flavour}`, () => {
    let lab: Lab;
    let node: Node;
    before(async () => {
      lab = await bringUp(flavour);
      node = await openNode(nodeOf(lab, "primary"), {});
      await unlogged(node, [
        { sql: "CREATE USER IF NOT EXISTS awkward@'%' IDENTIFIED BY ?", values: [awkward] },
        { sql: "GRANT ALL ON *.* TO awkward@'%'" },
      ]);
    });
    after(() => node?.close());

    const using = async <T>(host: DatabaseNode, secrets: Secrets, act: (node: Node) => Promise<T>): Promise<T> => {
      const opened = await openNode(host, secrets);
      try {
        return await act(opened);
      } finally {
        await opened.close();
      }
    };
    const byPassword = (through: (typeof ways)[number]): DatabaseNode =>
      withAccess(nodeOf(lab, "primary"), { through, optionFile: undefined, user: account });

    it("knows the server's dialect", () => {
      assert.equal(node.dialect.family, flavour === "mysql-9.7" ? "mysql-8.4" : "mysql-8.0");
    });

    for (const through of ways)
      it(`logs in through ${through} with a cold password cache`, async () => {
        await node.query(sql`FLUSH LOCAL PRIVILEGES`, MS);
        await using(byPassword(through), { primaryMysqlPassword: awkward }, async (opened) => {
          const [row] = await opened.query<{ who: string }>(sql`SELECT CURRENT_USER() AS who`, MS);
          assert.equal(row?.who, "awkward@%");
        });
      });

    it("reads an option file on the node at use, whatever the password", async () => {
      const file = join(lab.folder, "awkward.cnf");
      writeFileSync(file, formatOptionFile({ user: account, password: awkward }));
      chmodSync(file, 0o600);
      const host = withAccess(nodeOf(lab, "primary"), { optionFile: file });
      await using(host, {}, async (opened) => {
        const [row] = await opened.query<{ who: string }>(sql`SELECT CURRENT_USER() AS who`, MS);
        assert.equal(row?.who, "awkward@%");
        assert.equal(opened.redact(`the password is ${awkward}!`), "the password is ***!");
      });
    });

    it("refuses a wrong password with the server's number, and tells none", async () => {
      await assert.rejects(openNode(byPassword("socket"), { primaryMysqlPassword: "wrong one" }), (error: SqlError) => {
        assert.ok(error instanceof SqlError && error.code === 1045);
        assert.ok(!error.message.includes("wrong one"));
        return true;
      });
    });

    it("names the option file that is not there", () =>
      assert.rejects(
        openNode(withAccess(nodeOf(lab, "primary"), { optionFile: "/nonexistent.cnf" }), {}),
        (error: Error) => {
          assert.ok(error instanceof UnreachableError && !error.retryable);
          assert.match(error.message, /option file \/nonexistent.cnf cannot be read/);
          return true;
        },
      ));

    it("gives the same type for every value of a column", async () => {
      const [row] = await node.query<Record<string, unknown>>(
        {
          sql: `SELECT 18446744073709551615 AS big, COUNT(*) AS few, 1.50 AS money, CAST(7 AS SIGNED) AS seven,
            X'00ff41' AS bytes, TIMESTAMP('2026-11-25 04:05:06') AS moment, CAST('[1]' AS JSON) AS json, ? AS text,
            @@session.sql_mode AS mode, @@session.time_zone AS zone, @@session.autocommit AS autocommit`,
          values: ["'\\\"é\n"],
        },
        MS,
      );
      assert.deepEqual(row, {
        ...{ big: "18446744073709551615", few: "1", money: "1.50", seven: "7" },
        ...{ bytes: Buffer.from([0, 255, 65]), moment: "2026-11-25 04:05:06", json: "[1]", text: "'\\\"é\n" },
        ...{ mode: "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION", zone: "+00:00", autocommit: "1" },
      });
    });

    it("keeps the server's number of a refused statement", () =>
      assert.rejects(node.query(sql`SELECT * FROM mysql.nowhere`, MS), (error: SqlError) => error.code === 1146));

    it("kills what runs past its limit, and the session lives on", async () => {
      const session = await node.openSession(MS);
      await session.query(sql`SET @kept = 5`, MS);
      await assert.rejects(session.query(sql`SELECT SLEEP(60)`, 500), LimitError);
      const [row] = await session.query<{ kept: string }>(sql`SELECT @kept AS kept`, MS);
      assert.equal(row?.kept, "5");
      const running = await node.query(
        sql`SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT SLEEP(60)%'`,
        MS,
      );
      assert.equal(running.length, 0);
      await session.close();
    });

    it("lets the limit of a statement count from its own turn", async () => {
      const slow = node.query(sql`SELECT SLEEP(1.2)`, MS);
      const quick = node.query<{ two: string }>(sql`SELECT 2 AS two`, 1_000);
      assert.equal((await quick)[0]?.two, "2");
      await slow;
    });

    it("streams rows in constant memory, held back by a slow reader", async () => {
      const session = await node.openSession(MS);
      await session.query(sql`SET SESSION cte_max_recursion_depth = 1000000`, MS);
      const many: Statement = {
        sql: `WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
          SELECT i, REPEAT('x', 1000) AS text FROM n`,
      };
      const startBytes = process.memoryUsage().rss;
      let rows = 0;
      let peakBytes = 0;
      for await (const row of session.stream<{ i: string; text: string }>(many, 120_000)) {
        assert.equal(row.text.length, 1000);
        rows++;
        if (rows % 1000 === 0) {
          peakBytes = Math.max(peakBytes, process.memoryUsage().rss - startBytes);
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
      assert.equal(rows, 100_000);
      assert.ok(peakBytes < 60e6, `100 MB of rows took ${Math.round(peakBytes / 1e6)} MB`);
      await session.close();
    });

    it("ends a stream that is left early, errors it at its limit, and goes on", async () => {
      const session = await node.openSession(MS);
      const endless: Statement = {
        sql: `WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
          SELECT a.i FROM n a, n b, n c`,
      };
      for await (const row of session.stream(endless, 30_000)) {
        assert.ok(row);
        break;
      }
      await assert.rejects(async () => {
        for await (const _ of session.stream(endless, 700)) await new Promise((resolve) => setTimeout(resolve, 1));
      }, LimitError);
      await assert.rejects(
        async () => {
          for await (const _ of session.stream(sql`SELECT * FROM mysql.nowhere`, MS));
        },
        (error: SqlError) => error.code === 1146,
      );
      assert.equal((await session.query(sql`SELECT 1`, MS)).length, 1);
      await session.close();
    });

    it("opens its session again after it was killed", async () => {
      const [own] = await node.query<{ id: string }>(sql`SELECT CONNECTION_ID() AS id`, MS);
      const other = await node.openSession(MS);
      await other.query({ sql: "KILL CONNECTION ?", values: [Number(own?.id)] }, MS);
      await node.query(sql`SELECT 1`, MS).catch((error: Error) => assert.ok(error instanceof UnreachableError));
      assert.equal((await node.query(sql`SELECT 1`, MS)).length, 1);
      await other.close();
    });

    it("fails at once in a session that was killed, stream or not", async () => {
      const session = await node.openSession(MS);
      await node.query({ sql: "KILL CONNECTION ?", values: [session.connectionId] }, MS);
      const stream = async (): Promise<void> => {
        for await (const _ of session.stream(sql`SELECT 1`, MS));
      };
      for (const act of [stream, stream, () => session.query(sql`SELECT 1`, MS)])
        await assert.rejects(act, UnreachableError);
      await session.close();
    });

    it("tells a frozen server at the limit, and a stopped one as not there", async () => {
      const host = nodeOf(lab, "secondary");
      await using(host, {}, async (opened) => {
        const [row] = await opened.query<{ file: string }>(sql`SELECT @@pid_file AS file`, MS);
        const pid = Number(execFileSync("cat", [row?.file ?? ""], { encoding: "utf8" }));
        process.kill(pid, "SIGSTOP");
        try {
          await assert.rejects(opened.query(sql`SELECT 1`, 500), LimitError);
        } finally {
          process.kill(pid, "SIGCONT");
        }
        assert.equal((await opened.query(sql`SELECT 1`, MS)).length, 1);
      });
      await lab.server("secondary", "stop");
      try {
        await assert.rejects(openNode(host, {}), (error: Error) => {
          assert.ok(error instanceof UnreachableError && error.retryable, String(error));
          return true;
        });
      } finally {
        await lab.server("secondary", "start");
      }
    });

    it("leaves no session behind", async () => {
      const before = await sessions(node);
      await using(byPassword("socket"), { primaryMysqlPassword: awkward }, async (opened) => {
        await opened.openSession(MS);
        assert.equal((await sessions(node)).length, before.length + 2);
      });
      assert.deepEqual(await sessions(node), before);
    });
  });

const sessions = async (node: Node): Promise<readonly string[]> => {
  const rows = await node.query<{ ID: string }>(
    sql`SELECT ID FROM information_schema.PROCESSLIST WHERE USER IN ('root', 'awkward') AND COMMAND <> 'Binlog Dump' ORDER BY ID`,
    MS,
  );
  return rows.map(({ ID }) => ID);
};
