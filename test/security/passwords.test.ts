import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { localOptions } from "../../providers/clone/client-options.ts";
import { runJob } from "../../providers/clone/run-job.ts";
import { unlogged } from "../../providers/clone/unlogged.ts";
import { SqlError } from "../../providers/errors.ts";
import { replicationAccount } from "../../providers/mysql/run-accounts.ts";
import { sql } from "../../providers/mysql/statement.ts";
import { openNode } from "../../providers/node/open-node.ts";
import { formatOptionFile } from "../../providers/node/option-file.ts";
import type { DatabaseNode, Secrets } from "../../providers/pair.ts";
import { look } from "../../providers/replication-pair/look.ts";
import { openPair } from "../../providers/replication-pair/open-pair.ts";
import { repointLink } from "../../providers/runbook/link.ts";
import { type OpenedLab, openPlainLab } from "../support/opened-lab.ts";
import { watchProcesses } from "../support/secrets-watch.ts";

const MS = 10_000;
/** What shells, option files, SQL, JSON and URLs give a meaning to. */
const alphabet = [...`'"\\\`$(){}[]<>|&;#%=!*?~^-_@:/,. \tazAZ09éß漢😀`];

/** A link keeps its password in a column that has no room for all of Unicode. */
const ascii = alphabet.filter((character) => character < "\x7f");

const random = (length: number, from = alphabet): string =>
  Array.from({ length }, () => from[randomInt(from.length)]).join("");

const passwords: readonly string[] = [
  ...[`-p'x`, ` leading and trailing `, `\\`, `\\\\'"`, `"quoted"`, `#no comment`, "$(id)`id`", `%2e&a=b`, "密码 é ß"],
  ...Array.from({ length: 4 }, () => random(24)),
];

describe("passwords that want to be something else", () => {
  let opened: OpenedLab;
  before(async () => {
    opened = await openPlainLab("security-passwords", "mysql-9.7");
  });
  after(() => opened?.close());

  const whoIs = async (host: DatabaseNode, secrets: Secrets): Promise<unknown> => {
    const node = await openNode(host, secrets);
    try {
      return (await node.query(sql`SELECT CURRENT_USER() AS who`, MS))[0];
    } finally {
      await node.close();
    }
  };

  it("log in by stdin, by an option file and by a job, from a cold cache, seen by no process list", async () => {
    const node = await opened.node("primary");
    const host = opened.pair.primary;
    const file = join(opened.lab.folder, "fuzzed.cnf");
    const watch = watchProcesses(() => passwords.filter((password) => password.length > 5));
    try {
      for (const password of passwords) {
        await unlogged(node, [
          sql`DROP USER IF EXISTS fuzz@'%'`,
          sql`CREATE USER fuzz@'%' IDENTIFIED BY ${password}`,
          sql`FLUSH LOCAL PRIVILEGES`,
        ]);
        const byName = { ...host, mysql: { ...host.mysql, optionFile: undefined, user: "fuzz" } };
        assert.deepEqual(await whoIs(byName, { primaryMysqlPassword: password }), { who: "fuzz@%" }, password);
        writeFileSync(file, formatOptionFile({ user: "fuzz", password }));
        chmodSync(file, 0o600);
        const byFile = { ...host, mysql: { ...host.mysql, optionFile: file } };
        assert.deepEqual(await whoIs(byFile, {}), { who: "fuzz@%" }, password);
        await unlogged(node, [sql`FLUSH LOCAL PRIVILEGES`]);
        assert.equal(await whoIsInJob(byName, password), "fuzz@%", password);
      }
    } finally {
      watch.stop();
      rmSync(file, { force: true });
    }
    assert.ok(watch.samples() > 5);
    assert.deepEqual(watch.seen(), []);
  });

  const whoIsInJob = async (host: DatabaseNode, password: string): Promise<string> => {
    const node = await openNode(host, { primaryMysqlPassword: password });
    const answer = join(opened.lab.folder, "answer");
    try {
      await runJob(node, {
        ...{ runId: "fuzz", name: "who", title: "the login", args: [host.clientFolder ?? "", answer] },
        script: `PATH=$1:$PATH; mysql --defaults-file="$JOB/secret/options" -NBe 'SELECT CURRENT_USER()' >"$2"`,
        secretFiles: { options: await localOptions(node) },
        ...{ target: "/", totalBytes: 0, limitSeconds: 20, tell: async () => {} },
      });
      assert.ok(!existsSync(join(host.stateFolder, "run/fuzz/jobs/who/secret")));
      return readFileSync(answer, "utf8").trim();
    } finally {
      await node.close();
    }
  };

  it("replicate, up to the 32 characters that a link takes", async () => {
    const [source, replica] = [await opened.node("primary"), await opened.node("secondary")];
    for (const [index, password] of [`-a'b"c\\d#e $(id);é`, random(32, ascii)].entries()) {
      const runId = `20261125T000000Z-0000000${index}`;
      const { bindAddress = "" } = replica.host.replication;
      await unlogged(source, [
        ...source.dialect.createReplicationAccount(replicationAccount(runId), bindAddress, password),
        sql`FLUSH LOCAL PRIVILEGES`,
      ]);
      await repointLink({ runId, accountPassword: password }, { replica, source });
    }
  });

  it("are not told by a server that quotes what it was sent", async () => {
    const password = `p'w"${random(90)}`;
    const node = await opened.node("primary");
    const statements = [
      sql`CREATE USER quoted@'%' IDENTIFIED BI ${password}`,
      sql`CREATE USER quoted@'%' IDENTIFIED BY ${password} NONSENSE ${password}`,
      sql`CHANGE REPLICATION SOURCE TO SOURCE_PASSWORD ${password}`,
    ];
    for (const statement of statements)
      await assert.rejects(node.query(statement, MS), (error: Error) => {
        assert.equal(error instanceof SqlError && error.code, 1064, error.message);
        for (let at = 0; at + 8 <= password.length; at += 4)
          assert.ok(!`${error.message}${error.stack}`.includes(password.slice(at, at + 8)), error.message);
        return true;
      });
  });

  it("are hidden in the errors of a link that end in the state", async () => {
    const password = "known to us and 'in a row";
    await opened.run("primary", [
      "CREATE TABLE ssg.noted (id INT PRIMARY KEY, text VARCHAR(80))",
      "SET sql_log_bin = 0",
      `CREATE USER noted@localhost IDENTIFIED BY "${password}"`,
      "GRANT ALL ON *.* TO noted@localhost",
    ]);
    await opened.lab.caughtUp();
    await opened.run("secondary", ["SET sql_log_bin = 0", "DROP TABLE ssg.noted"]);
    await opened.run("primary", ["SET binlog_format = 'STATEMENT'", `INSERT INTO ssg.noted VALUES (1, "${password}")`]);
    const { primary } = opened.pair;
    const mysql = { ...primary.mysql, optionFile: undefined, user: "noted" };
    const looking = openPair(
      { ...opened.pair, primary: { ...primary, mysql } },
      {
        primaryMysqlPassword: password,
        secondaryMysqlPassword: password,
      },
    );
    try {
      const seen = await look(looking);
      assert.ok(
        seen.health.findings.some(({ evidence }) => /ssg\.noted.*\*\*\*/.test(evidence)),
        JSON.stringify(seen),
      );
      assert.doesNotMatch(JSON.stringify(seen), /known to us/);
    } finally {
      await looking.close();
    }
  });
});
