import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { withSql } from "../../../lab/sql.ts";
import { unlogged } from "../../../providers/clone/unlogged.ts";
import { SafetyError } from "../../../providers/errors.ts";
import { replicationAccount } from "../../../providers/mysql/run-accounts.ts";
import { sql } from "../../../providers/mysql/statement.ts";
import type { Node } from "../../../providers/node/node.ts";
import { poll } from "../../../providers/node/poll.ts";
import { observePair } from "../../../providers/observe/observe.ts";
import { preflightRefusals } from "../../../providers/plan/preflight.ts";
import { addressOf } from "../../../providers/runbook/accounts.ts";
import { fencePassers } from "../../../providers/runbook/fence-passers.ts";
import { tablesNotFrozen, toolRefusals } from "../../../providers/runbook/preflight-checks.ts";
import { accountsUnusable, longTransactions } from "../../../providers/runbook/preflight-sessions.ts";
import { proveLogin } from "../../../providers/runbook/prove-login.ts";
import { type OpenedLab, openPlainLab } from "../../support/opened-lab.ts";

for (const flavour of ["mysql-9.7", "mysql-8.0"] as const)
  describe(`what a preflight can know, ${flavour}`, () => {
    let opened: OpenedLab;
    let primary: Node;
    let secondary: Node;
    before(async () => {
      opened = await openPlainLab(`preflight-${flavour.replaceAll(/[^0-9]/g, "")}`, flavour);
      primary = await opened.node("primary");
      secondary = await opened.node("secondary");
    });
    after(() => opened?.close());

    const refused = async (): Promise<readonly string[]> =>
      preflightRefusals(opened.pair, await observePair(opened.pair, opened.reach), {
        donor: "primary",
        resumes: false,
      }).map(({ code, subject, message }) => `${code} ${subject}: ${message}`);

    it("has nothing against a healthy pair", async () => assert.deepEqual(await refused(), []));

    it("sees through symbolic links where the folders lie", async () => {
      const folder = opened.lab.folder;
      const links = { stateFolder: join(folder, "to-data"), backupFolder: join(folder, "to-tmp") };
      symlinkSync(dirname(opened.pair.primary.mysql.socketPath), links.stateFolder);
      symlinkSync("/tmp", links.backupFolder);
      const primary = { ...opened.pair.primary, stateFolder: `${links.stateFolder}/data/own/state` };
      const pair = { ...opened.pair, primary: { ...primary, backupFolder: `${links.backupFolder}/backup` } };
      const found = preflightRefusals(pair, await observePair(pair, opened.reach), {
        donor: "primary",
        resumes: false,
      });
      assert.deepEqual(
        found.map(({ code, subject }) => `${code} ${subject}`),
        ["folder-in-data primary", "folder-not-lasting primary"],
      );
    });

    it("refuses a recipient that takes smaller packets than the donor", async () => {
      await opened.run("secondary", ["SET GLOBAL max_allowed_packet = 1048576"]);
      assert.match((await refused()).join(), /packet-limit-load secondary: .*1048576 bytes, primary of 67108864/);
      await opened.run("secondary", ["SET GLOBAL max_allowed_packet = 67108864"]);
    });

    it("refuses clients that do not know the options of a dump", async () => {
      assert.deepEqual(await toolRefusals(secondary, primary), []);
      const folder = join(opened.lab.folder, "other-clients");
      const real = opened.pair.secondary.clientFolder ?? "";
      mkdirSync(folder);
      symlinkSync(join(real, "mysql"), join(folder, "mysql"));
      const text = `#!/bin/sh\nshift\nexec '${real}/mysqldump' --no-defaults --an-option-of-others "$@"\n`;
      writeFileSync(join(folder, "mysqldump"), text, { mode: 0o755 });
      const other = { ...secondary, host: { ...secondary.host, clientFolder: folder } };
      const [refusal] = await toolRefusals(other, primary);
      assert.equal(refusal?.code, "client-options");
      assert.match(refusal.message, /of secondary does not take .*unknown option '--an-option-of-others'/);
    });

    it("refuses filters, also of a link to come, and names them", async () => {
      const filter = (rule: string) => `CHANGE REPLICATION FILTER REPLICATE_WILD_IGNORE_TABLE = (${rule})`;
      await opened.run("secondary", ["STOP REPLICA SQL_THREAD", filter("'other.%'"), "START REPLICA SQL_THREAD"]);
      assert.match((await refused()).join(), /replication-filters secondary: .*REPLICATE_WILD_IGNORE_TABLE=other\.%/);
      await opened.run("secondary", ["STOP REPLICA SQL_THREAD", filter(""), "START REPLICA SQL_THREAD"]);
      assert.deepEqual(await refused(), []);
    });

    it("names accounts of the application that are locked or expired", async () => {
      assert.deepEqual(await accountsUnusable(secondary, ["gateway"]), []);
      for (const [change, word] of [
        ["ACCOUNT LOCK", "locked"],
        ["ACCOUNT UNLOCK PASSWORD EXPIRE", "expired"],
      ]) {
        await opened.run("secondary", ["SET sql_log_bin = 0", `ALTER USER gateway@'127.77.%' ${change}`]);
        const [refusal] = await accountsUnusable(secondary, ["gateway"]);
        assert.match(refusal?.message ?? "", new RegExp(`gateway@127.77.% is ${word} on secondary`));
      }
    });

    it("names accounts of the application that the fence would let in, by themselves or by a role", async () => {
      assert.deepEqual(await fencePassers(secondary, ["gateway"]), []);
      const changes = [
        [["GRANT SUPER ON *.* TO gateway@'127.77.%'"], /^gateway@127.77.% .* has SUPER on secondary/],
        [
          [
            ...["REVOKE SUPER ON *.* FROM gateway@'127.77.%'", "CREATE ROLE warden, staff"],
            ...[
              "GRANT CONNECTION_ADMIN ON *.* TO warden",
              "GRANT warden TO staff",
              "GRANT staff TO gateway@'127.77.%'",
            ],
          ],
          /^gateway@127.77.% .* has CONNECTION_ADMIN \(role warden@%\) on secondary/,
        ],
        [
          ["REVOKE staff FROM gateway@'127.77.%'", "SET GLOBAL mandatory_roles = 'staff'"],
          /^gateway@127.77.% .* has CONNECTION_ADMIN \(role warden@%\) on secondary/,
        ],
      ] as const;
      for (const [statements, message] of changes) {
        await opened.run("secondary", ["SET sql_log_bin = 0", ...statements]);
        const found = await fencePassers(secondary, ["gateway"]);
        assert.deepEqual([found.length, found[0]?.code], [1, "account-passes-fence"]);
        assert.match(found[0]?.message ?? "", message);
      }
      const back = ["SET GLOBAL mandatory_roles = DEFAULT", "SET sql_log_bin = 0", "DROP ROLE warden, staff"];
      await opened.run("secondary", back);
      assert.deepEqual(await fencePassers(secondary, ["gateway"]), []);
    });

    it("names who has a transaction open for long, the application apart", async () => {
      await withSql(opened.lab.record(), "secondary", async (session) => {
        await session.query("START TRANSACTION");
        await session.query("SELECT COUNT(*) FROM ssg.policy FOR UPDATE");
        assert.deepEqual(await longTransactions(secondary, []), [], "it is young");
        // The server renews its list of transactions a few times a second.
        const refusal = await poll({ waitingFor: "the transaction", limitMs: 5_000, intervalMs: 200 }, async () =>
          (await longTransactions(secondary, [], 1)).at(0),
        );
        assert.match(
          refusal?.message ?? "",
          /^session \d+ of root@localhost on secondary has a transaction open for \d+ s/,
        );
        assert.deepEqual(await longTransactions(secondary, ["root"], 1), []);
      });
    });

    it("names tables that no transaction freezes", async () => {
      // As on a real gateway.
      assert.deepEqual(await tablesNotFrozen(primary), ["ssg.hibernate_unique_key (MyISAM)"]);
    });

    describe("the login of a run", () => {
      const run = { runId: "20261125T000000Z-0a0b0c0d", accountPassword: "rP1_a'b\"c", facts: {} };
      const user = replicationAccount(run.runId);
      const account = (node: Node, peer: Node, more = ""): Promise<void> =>
        unlogged(node, [
          node.dialect.dropAccount(user, addressOf(peer)),
          ...node.dialect.createReplicationAccount(user, addressOf(peer), run.accountPassword),
          ...(more ? [{ sql: `ALTER USER ?@? ${more}`, values: [user, addressOf(peer)] }] : []),
          sql`FLUSH LOCAL PRIVILEGES`,
        ]);
      const failure = (message: RegExp) => (error: Error) => {
        assert.ok(error instanceof SafetyError);
        assert.match(error.message, message);
        assert.ok(!error.message.includes(run.accountPassword));
        return true;
      };
      beforeEach(async () => {
        await account(primary, secondary);
        await account(secondary, primary);
      });

      it("is proved both ways from a cold cache", async () => {
        await proveLogin(run, primary, secondary);
        await unlogged(primary, [sql`FLUSH LOCAL PRIVILEGES`]);
        await proveLogin(run, secondary, primary);
      });

      for (const [what, more, words] of [
        ["locked", "ACCOUNT LOCK", /cannot log in to primary at .* as rp_0a0b0c0d@127\..*locked/],
        ["expired", "PASSWORD EXPIRE", /expired|1862|1820/i],
      ] as const)
        it(`names the account where it is ${what}`, async () => {
          await account(primary, secondary, more);
          await assert.rejects(proveLogin(run, secondary, primary), failure(words));
        });

      it("names the direction that is closed", async () => {
        const host = { ...primary.host, replication: { ...primary.host.replication, port: 1 } };
        await assert.rejects(
          proveLogin(run, secondary, { ...primary, host }),
          failure(/at 127\..*:1 as rp_.*(2003|connect)/),
        );
      });

      it("notices that the name leads to another server", async () => {
        await account(secondary, secondary);
        const host = { ...primary.host, replication: secondary.host.replication };
        await assert.rejects(
          proveLogin(run, secondary, { ...primary, host }),
          failure(/is another server than the primary that was looked at/),
        );
      });

      it("goes encrypted where the source takes no other, and says so where the link would not be", async () => {
        await opened.run("primary", ["SET GLOBAL require_secure_transport = ON"]);
        try {
          await proveLogin({ ...run, facts: { tlsBefore: true } }, secondary, primary);
          if (flavour === "mysql-8.0")
            await assert.rejects(proveLogin(run, secondary, primary), failure(/insecure transport|3159/));
        } finally {
          await opened.run("primary", ["SET GLOBAL require_secure_transport = OFF"]);
        }
      });
    });
  });
