import assert from "node:assert/strict";
import { withSql } from "../../lab/sql.ts";
import { SqlError } from "../../providers/errors.ts";
import { type AccountRole, accountText, passwordPlace } from "../../providers/mysql/account-text.ts";
import { sql } from "../../providers/mysql/statement.ts";
import type { Node } from "../../providers/node/node.ts";
import { openNode } from "../../providers/node/open-node.ts";
import type { Pair, Secrets } from "../../providers/pair.ts";
import { look } from "../../providers/replication-pair/look.ts";
import { openPair } from "../../providers/replication-pair/open-pair.ts";
import { privilegesMissing, rightsToLoad } from "../../providers/runbook/privileges.ts";
import { type OpenedLab, openPlainLab } from "../support/opened-lab.ts";

const MS = 10_000;
const password = `-a'b"c\\d#e é;$(touch x)`;
const secrets: Secrets = { primaryMysqlPassword: password, secondaryMysqlPassword: password };

for (const flavour of ["mysql-9.7", "mysql-8.0"] as const)
  describe(`rights of our accounts on ${flavour}`, () => {
    let opened: OpenedLab;
    let pair: Pair;
    const users = { monitor: "pair_monitor", repair: "pair_repair" };

    const printed = (node: Node, role: AccountRole): string =>
      accountText(node.dialect, { role, user: users[role], host: "localhost", schemas: ["shop"] });

    /** As an administrator pastes it, with the password filled in. */
    const paste = (side: "primary" | "secondary", text: string): Promise<void> =>
      withSql(opened.lab.record(), side, async (server) => void (await server.query(text)), {
        multipleStatements: true,
      });

    const completed = (text: string): string =>
      text.replace(`BY ${passwordPlace}`, () => `BY '${password.replace("\\", "\\\\").replace("'", "''")}'`);

    const using = async (user: string, act: (node: Node) => Promise<void>): Promise<void> => {
      const mysql = { ...pair.primary.mysql, optionFile: undefined, user };
      const node = await openNode({ ...pair.primary, mysql }, secrets);
      try {
        await act(node);
      } finally {
        await node.close();
      }
    };

    before(async () => {
      opened = await openPlainLab(`security-${flavour.replaceAll(/[^0-9]/g, "")}`, flavour);
      ({ pair } = opened);
      await opened.run("primary", [
        // What the lab brings along has definers of its own.
        "DROP DATABASE ssg",
        "DROP DATABASE otk_db",
        "CREATE DATABASE shop",
        "CREATE TABLE shop.orders (id INT PRIMARY KEY, total INT)",
        "INSERT INTO shop.orders VALUES (1, 1)",
      ]);
      await opened.lab.caughtUp();
    });
    after(() => opened?.close());

    it("prints statements that do nothing until a password is put in", async () => {
      const node = await opened.node("primary");
      await assert.rejects(paste("primary", printed(node, "repair")), { errno: 1064 });
      const found = await node.query(sql`SELECT User FROM mysql.user WHERE User = 'pair_repair'`, MS);
      assert.deepEqual(found, []);
    });

    it("finds nothing missing with what it prints, and names exactly the right that is taken away", async () => {
      const root = await opened.node("primary");
      await paste("primary", completed(printed(root, "repair")));
      const { held, passedOn } = root.dialect.rights.repair;
      const missing = async (): Promise<string | undefined> => {
        let message: string | undefined;
        await using(users.repair, async (node) => {
          message = (await privilegesMissing(node))[0]?.message.replace(/^.* lacks /, "");
        });
        return message;
      };
      assert.equal(await missing(), undefined);
      for (const right of [...held, ...passedOn]) {
        await opened.run("primary", ["SET sql_log_bin = 0", `REVOKE ${right} ON *.* FROM pair_repair@localhost`]);
        assert.equal(await missing(), passedOn.includes(right) ? `${right} WITH GRANT OPTION` : right);
        await opened.run("primary", ["SET sql_log_bin = 0", `GRANT ${right} ON *.* TO pair_repair@localhost`]);
        if (right === "SHOW_ROUTINE") {
          assert.equal(await missing(), "SHOW_ROUTINE WITH GRANT OPTION", "held, but not to be passed on");
          await opened.run("primary", [
            "SET sql_log_bin = 0",
            "GRANT SHOW_ROUTINE ON *.* TO pair_repair@localhost WITH GRANT OPTION",
          ]);
        }
      }
      assert.equal(await missing(), undefined);
    });

    it("asks for more where an administrator has defined something, or creators are not trusted", async () => {
      const [donor, recipient] = [await opened.node("primary"), await opened.node("secondary")];
      assert.deepEqual(await rightsToLoad(donor, recipient), []);
      await opened.run("primary", [
        "CREATE TRIGGER shop.t BEFORE INSERT ON shop.orders FOR EACH ROW SET NEW.total = 0",
      ]);
      await opened.lab.caughtUp();
      assert.deepEqual(await rightsToLoad(donor, recipient), ["SYSTEM_USER"]);
      await opened.run("secondary", ["SET GLOBAL log_bin_trust_function_creators = OFF"]);
      assert.deepEqual(await rightsToLoad(donor, recipient), ["SYSTEM_USER", "SUPER"]);
      await using(users.repair, async (node) => {
        const [refusal] = await privilegesMissing(node, ["SYSTEM_USER", "SUPER"]);
        assert.match(refusal?.message ?? "", /lacks SYSTEM_USER, SUPER$/);
      });
      await opened.run("secondary", ["SET GLOBAL log_bin_trust_function_creators = ON"]);
    });

    it("looks at a pair as the monitor", async () => {
      for (const side of ["primary", "secondary"] as const)
        await paste(side, completed(printed(await opened.node(side), "monitor")));
      const watched = (node: Pair["primary"]) => ({
        ...node,
        mysql: { ...node.mysql, optionFile: undefined, user: users.monitor },
      });
      const monitored = openPair(
        { ...pair, primary: watched(pair.primary), secondary: watched(pair.secondary) },
        secrets,
      );
      try {
        const healthy = await look(monitored);
        assert.equal(healthy.health.state, "replicating", JSON.stringify(healthy.health));
        await opened.run("secondary", ["SET sql_log_bin = 0", "UPDATE shop.orders SET total = 7", "STOP REPLICA"]);
        const broken = await look(monitored);
        const codes = broken.health.findings.map(({ code }) => code);
        assert.ok(codes.includes("threads-stopped") && codes.includes("contents-differ"), JSON.stringify(codes));
      } finally {
        await monitored.close();
        await opened.run("secondary", ["START REPLICA"]);
      }
    });

    it("lets the monitor change nothing", () =>
      using(users.monitor, async (node) => {
        const writes = [
          ...["INSERT INTO shop.orders VALUES (2, 2)", "UPDATE shop.orders SET total = 2", "DELETE FROM shop.orders"],
          ...[
            "DROP TABLE shop.orders",
            "CREATE TABLE shop.more (id INT)",
            "TRUNCATE shop.orders",
            "DROP DATABASE shop",
          ],
          ...[
            "CREATE DATABASE other",
            "CREATE USER other",
            "STOP REPLICA",
            "RESET REPLICA ALL",
            "SET GLOBAL read_only = ON",
          ],
          ...[
            "SET sql_log_bin = 0",
            "FLUSH TABLES WITH READ LOCK",
            "PURGE BINARY LOGS BEFORE NOW()",
            "LOCK TABLES shop.orders WRITE",
          ],
          "SELECT * FROM mysql.user",
        ];
        for (const write of writes)
          await assert.rejects(node.query({ sql: write }, MS), (error: Error) => {
            assert.ok(
              error instanceof SqlError && [1044, 1142, 1227].includes(error.code),
              `${write}: ${error.message}`,
            );
            return true;
          });
        assert.deepEqual(await node.query(sql`SELECT id, total FROM shop.orders`, MS), [{ id: 1, total: 1 }]);
      }));
  });
