import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { withSql } from "../../../lab/sql.ts";
import { compareContents } from "../../../providers/observe/contents.ts";
import type { Contents, NodeFacts, NodeObservation } from "../../../providers/observe/observation.ts";
import { observePair } from "../../../providers/observe/observe.ts";
import { saveRows } from "../../../providers/observe/salvage.ts";
import { type OpenedLab, openPlainLab } from "../../support/opened-lab.ts";
import { contraryChanges, contraryDifferences, contraryTables, type Difference } from "./contrary.ts";
import { startWriters, writtenNames, writtenTables } from "./steady-writes.ts";

const observations = 100;

const factsOf = (seen: NodeObservation): NodeFacts => {
  assert.ok(seen.reachable, `could not look: ${seen.reachable ? "" : seen.reason}`);
  return seen.facts;
};

const summary = (contents: Contents): Record<string, Difference> =>
  Object.fromEntries(
    contents.differences.map(({ schema, table, onlyOn, changed }) => [
      `${schema}.${table}`,
      { onlyOnPrimary: onlyOn.primary.count, onlyOnSecondary: onlyOn.secondary.count, changed: changed.count },
    ]),
  );

for (const flavour of ["mysql-9.7", "mysql-8.0"] as const)
  describe(`observation of a pair of ${flavour}`, () => {
    let opened: OpenedLab;

    before(async () => {
      opened = await openPlainLab(`observe-${flavour.replace(/\W/g, "")}`, flavour);
    });

    after(async () => {
      await opened?.close();
    });

    it("asks both nodes and both links", async () => {
      const seen = await observePair(opened.pair, opened.reach);
      const [primary, secondary] = [factsOf(seen.primary), factsOf(seen.secondary)];
      assert.notEqual(primary.variables.server_uuid, secondary.variables.server_uuid);
      assert.equal(primary.log?.gtid !== undefined, flavour === "mysql-9.7");
      assert.equal(primary.replicas[0]?.sourceHost, opened.pair.secondary.replication.host);
      assert.deepEqual(primary.dumpThreads, [opened.pair.secondary.replication.host]);
      assert.deepEqual(
        primary.registeredReplicas?.map(({ serverId }) => String(serverId)),
        [secondary.variables.server_id],
      );
      assert.deepEqual(primary.foreignServerIds, []);
      assert.ok(primary.clockAhead.least <= 0 && primary.clockAhead.most >= 0, JSON.stringify(primary.clockAhead));
      assert.deepEqual([seen.links.primary?.reached, seen.links.secondary?.reached], [true, true]);
    });

    it("finds no difference in tables of every kind", async () => {
      await opened.run("primary", contraryTables);
      await opened.lab.caughtUp();
      const contents = await compareContents(await opened.node("primary"), await opened.node("secondary"));
      assert.deepEqual(
        { ...contents, tablesCompared: 0 },
        { tablesCompared: 0, differences: [], objects: [], skipped: [] },
      );
      assert.ok(contents.tablesCompared >= 6);
    });

    it("finds each difference, and saves what the secondary alone has", async () => {
      await opened.run("secondary", contraryChanges);
      const nodes = [await opened.node("primary"), await opened.node("secondary")] as const;
      const contents = await compareContents(...nodes, { schemas: ["contrary"] });
      assert.deepEqual(summary(contents), contraryDifferences);
      assert.deepEqual(
        contents.objects?.map(({ kind, name, what }) => `${kind} ${name} ${what}`),
        [
          "table contrary.goid differs",
          "table contrary.only_here only-on-secondary",
          "view contrary.view_here only-on-secondary",
        ],
      );
      const saved = await saveRows(...nodes, { runId: "test", differences: contents.differences });
      assert.equal(saved.rows, 11);
      const again = await saveRows(...nodes, { runId: "test", differences: contents.differences });
      assert.notEqual(again.file, saved.file, "an attempt that was cut short has told nobody of its file");
      await replay(join(opened.pair.primary.backupFolder, saved.file));
      const after = summary(await compareContents(...nodes, { schemas: ["contrary"] }));
      assert.deepEqual(after, {
        "contrary.goid": contraryDifferences["contrary.goid"],
        "contrary.kinds": { onlyOnPrimary: 1, onlyOnSecondary: 0, changed: 0 },
      });
    });

    /** As an operator would bring them back to the primary; the altered table's rows do not fit there. */
    const replay = async (file: string): Promise<void> => {
      assert.equal(statSync(file).mode & 0o777, 0o600);
      const text = readFileSync(file, "utf8").replace(/^REPLACE INTO `contrary`\.`goid`.*$/gm, "");
      await withSql(opened.lab.record(), "primary", (sql) => sql.query(`SET sql_log_bin = 0;\n${text}`), {
        multipleStatements: true,
      });
    };

    it("leaves out what is too large or takes too long, with the reason", async () => {
      const nodes = [await opened.node("primary"), await opened.node("secondary")] as const;
      const large = await compareContents(...nodes, { tables: ["contrary.kinds"], limits: { tableRowsMax: 1 } });
      assert.match(large.skipped[0]?.reason ?? "", /more than the 1 that are compared/);
      const late = await compareContents(...nodes, { tables: ["contrary.kinds"], limits: { totalTimeoutMs: 0 } });
      assert.match(late.skipped[0]?.reason ?? "", /limit of 0 s/);
    });

    it(`takes no row in flight for the secondary's own in ${observations} looks under steady writes`, async () => {
      await opened.run("primary", writtenTables);
      await opened.lab.caughtUp();
      const nodes = [await opened.monitoredNode("primary"), await opened.monitoredNode("secondary")] as const;
      const writers = startWriters(opened.lab.record(), "primary");
      for (let look = 0; look < observations; look += 1) {
        const contents = await compareContents(...nodes, { tables: writtenNames, live: true });
        const own = contents.differences.filter(({ onlyOn }) => onlyOn.secondary.count > 0);
        assert.deepEqual(own, [], `look ${look}`);
      }
      assert.ok((await writers.stop()) > observations);
    });

    it("still finds a row of the secondary's own among them", async () => {
      await opened.run("secondary", [
        "SET sql_log_bin = 0",
        "INSERT INTO written.audit VALUES (REPEAT('o', 16), NOW(6), 'own')",
      ]);
      await opened.lab.caughtUp();
      const nodes = [await opened.node("primary"), await opened.node("secondary")] as const;
      const writers = startWriters(opened.lab.record(), "primary");
      const contents = await compareContents(...nodes, { schemas: ["written"], live: true });
      await writers.stop();
      assert.deepEqual(contents.differences.find(({ table }) => table === "audit")?.onlyOn.secondary, {
        count: 1,
        keys: [`goid=0x${"6f".repeat(16)}`],
      });
    });

    it("tells a server that is down from a node that cannot be asked, and throws for neither", async () => {
      await opened.lab.server("secondary", "stop");
      const down = await observePair(opened.pair, opened.reach, { contents: {} });
      assert.equal(down.secondary.reachable ? "reachable" : down.secondary.code, "server-down");
      assert.ok(down.primary.reachable);
      assert.deepEqual(down.links, {});
      await opened.lab.server("secondary", "start");
      const { connection } = opened.pair.secondary;
      const nowhere = {
        ...opened.pair,
        secondary: { ...opened.pair.secondary, connection: { ...connection, port: 1 } },
      };
      const unreachable = await observePair(nowhere, opened.reach);
      assert.equal(unreachable.secondary.reachable ? "reachable" : unreachable.secondary.code, "unreachable");
    });
  });
