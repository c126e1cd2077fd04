import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { openLab } from "../../lab/lab.ts";
import { type Side, sides } from "../../lab/record.ts";
import { withSql } from "../../lab/sql.ts";
import { accountText, passwordPlace } from "../../providers/mysql/account-text.ts";
import { dialectFor } from "../../providers/mysql/dialect-for.ts";
import { healthOf, pulumi } from "../support/pulumi.ts";
import { filesWith, type ProcessWatch, secretsOf, watchProcesses } from "../support/secrets-watch.ts";

/** Would be there if any of the names below had ever been read by a shell. */
const planted = `planted-${process.pid}`;
const schema = `$(touch ${planted})`;
const table = `\`;-- '"\\ é`;
const folderName = `it's $(touch ${planted}) \`touch ${planted}\` ;-- "é"`;

const hostile: readonly [text: string, values: readonly unknown[]][] = [
  ["CREATE DATABASE ??", [schema]],
  ["CREATE DATABASE ??", ["--help"]],
  ["CREATE TABLE ??.?? (?? INT PRIMARY KEY, text VARCHAR(80))", [schema, table, "`key`"]],
  ["INSERT INTO ??.?? VALUES (1, ?), (2, ?)", [schema, table, "'; DROP TABLE x; --", schema]],
  ["CREATE TABLE ??.?? (id INT PRIMARY KEY)", ["--help", "-e"]],
  ["CREATE VIEW ??.?? AS SELECT * FROM ??.??", [schema, `view ${table}`, schema, table]],
  ["CREATE PROCEDURE ??.??() SELECT 1", [schema, `procedure ${table}`]],
  ["CREATE TRIGGER ??.?? BEFORE INSERT ON ??.?? FOR EACH ROW SET NEW.text = 'x'", [schema, "$(t)", schema, table]],
  ["CREATE EVENT ??.?? ON SCHEDULE EVERY 1 DAY DO SELECT 1", [schema, "event `;--"]],
];

const password = `a'b"c\\d#e;$(id) é`;

/** As an administrator would paste it; root has defined what is hostile here. */
const repairAccount = `${accountText(dialectFor("9.7.4", ""), {
  role: "repair",
  user: "pair_repair",
  host: "localhost",
  schemas: [],
})
  .replace(`BY ${passwordPlace}`, () => `BY '${password.replace("\\", "\\\\").replace("'", "''")}'`)
  .replace("SET SESSION sql_log_bin = 1;", "")}
  GRANT SYSTEM_USER ON *.* TO pair_repair@localhost`;

describe("names that want to be commands, in whole repairs by the account with the least rights", function () {
  this.bail(true);
  const lab = openLab("security-names");
  const secrets = (): readonly string[] => [...secretsOf(lab), password];
  const accounts: string[] = [];
  let watch: ProcessWatch;
  let outputs = "";
  const folderOf = (side: Side, what: string): string => join(lab.folder, side, what, folderName);
  const run = async (...args: string[]) => {
    const result = await pulumi(lab, ...args);
    outputs += result.output;
    return result;
  };
  const runs = async (...args: string[]): Promise<string> => {
    const { exitCode, output } = await run(...args);
    assert.equal(exitCode, 0, output);
    return output;
  };

  /** The account with the least rights, its password as a secret setting: in place of root's option file. */
  const useRepairAccount = async (side: Side): Promise<void> => {
    await withSql(lab.record(), side, (server) => server.query(repairAccount), { multipleStatements: true });
    await runs("config", "rm", "--path", `replication-pair:${side}.mysql.optionFile`);
    await runs("config", "set", "--path", `replication-pair:${side}.mysql.user`, "pair_repair");
    await runs("config", "set", "--secret", `replication-pair:${side}MysqlPassword`, password);
  };

  before(async () => {
    await lab.wipe();
    await lab.up({ flavour: "mysql-9.7", profile: "plain-mysql", passwords: "awkward" });
    await withSql(lab.record(), "primary", async (server) => {
      for (const [text, values] of hostile) await server.query(text, values);
    });
    for (const side of sides) await useRepairAccount(side);
    for (const side of sides)
      for (const [key, what] of [
        ["stateFolder", "state"],
        ["backupFolder", "backup"],
      ] as const) {
        mkdirSync(join(lab.folder, side, what), { recursive: true, mode: 0o700 });
        await runs("config", "set", "--path", `replication-pair:${side}.${key}`, folderOf(side, what));
      }
    await runs("up", "--yes", "--skip-preview");
    const known = secrets();
    watch = watchProcesses(() => known);
  });
  after(async () => {
    watch?.stop();
    await lab.wipe();
  });

  it("repairs, with every object on the other side", async () => {
    await lab.caughtUp();
    await lab.break("missing-row");
    await run("refresh", "--yes", "--skip-preview");
    const output = await runs("up", "--yes", "--skip-preview");
    assert.match(output, /step 12\/12/);
    const rows = await lab.sql("secondary", "SELECT text FROM ??.?? ORDER BY 1", [schema, table]);
    assert.deepEqual(
      rows.map((row) => ({ ...row })),
      [{ text: "'; DROP TABLE x; --" }, { text: schema }],
    );
    assert.deepEqual(await lab.differingTables(), []);
  });

  it("has run none of them", () => {
    const found = [process.cwd(), homedir(), "/", "/tmp"].filter((folder) => existsSync(join(folder, planted)));
    assert.deepEqual(found, []);
    const deeper = readdirSync(lab.folder, { recursive: true, encoding: "utf8" });
    assert.deepEqual(
      deeper.filter((path) => path.endsWith(`/${planted}`)),
      [],
    );
  });

  it("keeps its files to itself, and leaves no secret in them", () => {
    const wrong = sides.flatMap((side) => [folderOf(side, "state"), folderOf(side, "backup")]).flatMap(openToOthers);
    assert.deepEqual(wrong, []);
    const backups = readdirSync(folderOf("primary", "backup"));
    assert.deepEqual(backups.map((file) => file.replace(/^primary-[0-9TZ]{16}-[0-9a-f]{8}/, "")).sort(), [
      ".sql",
      ".sql.sha256",
    ]);
    for (const side of sides) {
      const files = readdirSync(folderOf(side, "state"), { recursive: true, encoding: "utf8" });
      assert.deepEqual(
        files.filter((file) => /secret|lock$|fence/.test(file)),
        [],
      );
    }
  });

  /** The one account of ours on each node, its grants, and its password as the peer keeps it. */
  const replicationLogin = async (side: Side): Promise<{ user: string; password: string }> => {
    const peer = side === "primary" ? "secondary" : "primary";
    const host = lab.hosts().find(({ name }) => name === peer)?.address;
    const ours = await lab.sql<{ User: string; Host: string }>(
      side,
      "SELECT User, Host FROM mysql.user WHERE User REGEXP '^rp_'",
    );
    assert.deepEqual(
      ours.map((its) => its.Host),
      [host],
    );
    const user = ours[0]?.User ?? "";
    const grants = await lab.sql(side, "SHOW GRANTS FOR ?@?", [user, host]);
    assert.deepEqual(
      grants.map((grant) => Object.values(grant)[0]),
      [`GRANT REPLICATION SLAVE ON *.* TO \`${user}\`@\`${host}\``],
    );
    const [link] = await lab.sql<{ User_name: string; User_password: string }>(
      peer,
      "SELECT User_name, User_password FROM mysql.slave_master_info",
    );
    assert.equal(link?.User_name, user);
    assert.ok((link?.User_password.length ?? 99) <= 32 && user.length <= 32);
    return { user, password: link?.User_password ?? "" };
  };

  it("leaves one replication account, for the peer alone, with a password that nobody else has seen", async () => {
    for (const side of sides) {
      const { user, password } = await replicationLogin(side);
      accounts.push(user, password);
    }
    assert.deepEqual(accounts.slice(0, 2), accounts.slice(2), "one account for both directions");
    assert.ok(watch.samples() > 20);
    assert.deepEqual(watch.seen(), []);
    const all = [...secrets(), accounts[1] ?? ""];
    const state = await pulumi(lab, "stack", "export");
    for (const secret of all)
      for (const text of [outputs, state.output])
        assert.ok(!text.includes(secret) && !text.includes(JSON.stringify(secret).slice(1, -1)));
    assert.deepEqual(filesWith(lab.folder, all, /\/secrets\/|\/passphrase$|\.cnf$|\/data\/|password/), []);
  });

  it("refuses where a server is another one than at the preview, and touches nothing", async () => {
    await lab.break("missing-row");
    await run("refresh", "--yes", "--skip-preview");
    assert.equal((await healthOf(lab)).state, "broken");
    await lab.server("secondary", "stop");
    rmSync(join(lab.folder, "secondary/data/auto.cnf"));
    await lab.server("secondary", "start");
    const journals = sides.map((side) => readFileSync(join(folderOf(side, "state"), "journal.json"), "utf8"));
    const refused = await run("up", "--yes", "--skip-preview");
    assert.notEqual(refused.exitCode, 0, refused.output);
    assert.match(refused.output, /secondary is another server \(server_uuid\).*nothing was touched/s);
    assert.deepEqual(
      sides.map((side) => readFileSync(join(folderOf(side, "state"), "journal.json"), "utf8")),
      journals,
    );
    await run("refresh", "--yes", "--skip-preview");
    await runs("up", "--yes", "--skip-preview");
  });

  it("takes another account and another password at each run", async () => {
    const { user, password } = await replicationLogin("primary");
    assert.ok(!accounts.includes(user) && !accounts.includes(password));
  });
});

/** Folders other than 0700 and files other than 0600, at any depth. */
const openToOthers = (folder: string): readonly string[] =>
  ["", ...readdirSync(folder, { recursive: true, encoding: "utf8" })]
    .map((name) => join(folder, name))
    .filter((path) => {
      const { mode } = statSync(path);
      return (mode & 0o777) !== (statSync(path).isDirectory() ? 0o700 : 0o600);
    });
