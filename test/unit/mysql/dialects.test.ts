import assert from "node:assert/strict";
import { SafetyError } from "../../../providers/errors.ts";
import type { Dialect } from "../../../providers/mysql/dialect.ts";
import { dialectFor } from "../../../providers/mysql/dialect-for.ts";

const mysql84 = dialectFor("9.7.4-2", "(Debian)");
const mysql80 = dialectFor("8.0.31", "MySQL Community Server - GPL");
const settings = { host: "gw1", port: 3307, user: "rp", password: "p'w", bindAddress: "10.0.0.2" } as const;
const at = { file: "ssgbin-log.000001", offset: 4 };

/** All that a dialect can say, as text. */
const texts = (dialect: Dialect): readonly string[] =>
  [
    ...[dialect.showReplicaStatus(), dialect.showWorkerErrors(), dialect.showLogPosition(), dialect.stopReplica()],
    ...[dialect.stopReplica("io"), dialect.startReplica(), dialect.resetReplicaAll(), dialect.resetLogs()],
    ...[dialect.setSource({ ...settings, start: "gtid" }), dialect.setSource({ ...settings, start: at })],
    ...[dialect.seedGtid(""), dialect.waitFor(at, false, 1), dialect.waitFor({ ...at, gtid: "x" }, true, 1)],
    ...[...dialect.fence(), ...dialect.allowLoad(), ...dialect.liftLoginRefusal(), ...dialect.liftReadOnly()],
    ...[...dialect.forbidAutostart(), ...dialect.allowAutostart(), ...dialect.holdWrites(), ...dialect.releaseWrites()],
    ...[...dialect.createReplicationAccount("rp", "gw2", "pw"), dialect.dropAccount("rp", "gw2")],
  ].map((statement) => statement?.sql ?? "");

describe("dialectFor", () => {
  it("chooses by version", () => {
    const families = [
      ...["5.6.24-log", "5.7.22", "8.0.11", "8.0.31", "8.1.0", "8.2.0", "8.4.3", "9.7.4-2"],
      ...["10.11.19-MariaDB-0+deb12u1-log", "11.8.2-MariaDB"],
    ].map((version) => dialectFor(version, "").family);
    assert.deepEqual(families, [
      ...["mysql-5", "mysql-5", "mysql-8.0", "mysql-8.0", "mysql-8.0", "mysql-8.4", "mysql-8.4", "mysql-8.4"],
      ...["mariadb", "mariadb"],
    ]);
    assert.equal(dialectFor("10.6.1-log", "MariaDB Server").family, "mariadb");
  });

  it("repairs only what can be fenced over a restart", () => {
    const repairable = ["5.7.22", "8.0.23", "8.0.24", "8.4.3", "10.11.19-MariaDB"].map(
      (version) => dialectFor(version, "").repairable,
    );
    assert.deepEqual(repairable, [false, false, true, true, false]);
    for (const version of ["5.6.24", "8.0.23", "10.11.19-MariaDB"]) {
      const dialect = dialectFor(version, "");
      const verbs = [
        () => dialect.fence(),
        () => dialect.resetLogs(),
        () => dialect.setSource({ ...settings, start: at }),
        () => dialect.holdWrites(),
        () => dialect.dropAccount("rp", "gw2"),
      ];
      for (const verb of verbs) assert.throws(verb, SafetyError);
      assert.match(dialect.startReplica().sql, /^START (SLAVE|REPLICA)$/);
    }
  });
});

describe("statements", () => {
  it("has no legacy word for 8.4 and later: each would be error 1064", () => {
    for (const text of texts(mysql84))
      assert.doesNotMatch(text.replace(/GRANT REPLICATION SLAVE/, ""), /master|slave/i);
  });

  it("speaks what 8.0.31 knows: new words for links, old ones for the binary log", () => {
    const old = texts(mysql80).filter((text) => /master|slave/i.test(text));
    assert.deepEqual(old, ["SHOW MASTER STATUS", "RESET MASTER", "GRANT REPLICATION SLAVE ON *.* TO ?@?"]);
  });

  it("speaks the older words before 8.0.23 and 8.0.26", () => {
    const before = dialectFor("8.0.21", "");
    assert.equal(before.showReplicaStatus().sql, "SHOW SLAVE STATUS");
    assert.equal(before.waitFor(at, false, 5).sql, "SELECT MASTER_POS_WAIT(?, ?, ?) AS result");
    assert.deepEqual(dialectFor("8.0.25", "").forbidAutostart(), [{ sql: "SET PERSIST_ONLY skip_slave_start = ON" }]);
  });

  it("points a replica, by GTID and by coordinates", () => {
    assert.deepEqual(mysql84.setSource({ ...settings, start: "gtid" }), {
      sql: "CHANGE REPLICATION SOURCE TO SOURCE_HOST = ?, SOURCE_PORT = ?, SOURCE_USER = ?, SOURCE_PASSWORD = ?, SOURCE_BIND = ?, SOURCE_CONNECT_RETRY = ?, SOURCE_RETRY_COUNT = ?, GET_SOURCE_PUBLIC_KEY = ?, SOURCE_AUTO_POSITION = ?",
      values: ["gw1", 3307, "rp", "p'w", "10.0.0.2", 10, 86_400, 1, 1],
    });
    const { bindAddress: _, ...unbound } = settings;
    assert.deepEqual(mysql80.setSource({ ...unbound, tls: true, start: at }), {
      sql: "CHANGE REPLICATION SOURCE TO SOURCE_HOST = ?, SOURCE_PORT = ?, SOURCE_USER = ?, SOURCE_PASSWORD = ?, SOURCE_CONNECT_RETRY = ?, SOURCE_RETRY_COUNT = ?, SOURCE_SSL = ?, GET_SOURCE_PUBLIC_KEY = ?, SOURCE_AUTO_POSITION = ?, SOURCE_LOG_FILE = ?, SOURCE_LOG_POS = ?",
      values: ["gw1", 3307, "rp", "p'w", 10, 86_400, 1, 1, 0, "ssgbin-log.000001", 4],
    });
  });

  it("has no value in any text", () => {
    for (const dialect of [mysql80, mysql84])
      for (const text of texts(dialect)) assert.doesNotMatch(text, /gw1|gw2|p'w|'pw'|ssgbin|3307/);
  });

  it("fences in an order that survives a restart, and lifts memory before file", () => {
    for (const dialect of [mysql80, mysql84]) {
      const sql = (statements: readonly { readonly sql: string }[]) => statements.map((statement) => statement.sql);
      assert.deepEqual(sql(dialect.fence()), [
        "SET PERSIST offline_mode = ON",
        "SET PERSIST read_only = ON",
        "SET PERSIST super_read_only = ON",
        "SET PERSIST_ONLY skip_replica_start = ON",
      ]);
      assert.deepEqual(sql(dialect.allowLoad()), ["SET GLOBAL super_read_only = OFF"]);
      assert.deepEqual(sql(dialect.liftLoginRefusal()), [
        "SET GLOBAL offline_mode = OFF",
        "RESET PERSIST IF EXISTS offline_mode",
      ]);
      assert.deepEqual(sql(dialect.liftReadOnly()), [
        "SET GLOBAL super_read_only = OFF",
        "SET GLOBAL read_only = OFF",
        "RESET PERSIST IF EXISTS super_read_only",
        "RESET PERSIST IF EXISTS read_only",
      ]);
      assert.deepEqual(sql(dialect.allowAutostart()), ["RESET PERSIST IF EXISTS skip_replica_start"]);
      assert.deepEqual(sql(dialect.holdWrites()), ["SET GLOBAL super_read_only = ON"]);
      assert.deepEqual(sql(dialect.releaseWrites()), [
        "SET GLOBAL super_read_only = OFF",
        "SET GLOBAL read_only = OFF",
      ]);
    }
  });

  it("resets, seeds and reads positions in each tongue", () => {
    assert.equal(mysql84.resetLogs().sql, "RESET BINARY LOGS AND GTIDS");
    assert.equal(mysql84.showLogPosition().sql, "SHOW BINARY LOG STATUS");
    assert.equal(mysql84.resetReplicaAll().sql, "RESET REPLICA ALL");
    assert.deepEqual(mysql84.seedGtid("+a:1-5,\nb:7"), { sql: "SET GLOBAL gtid_purged = ?", values: ["a:1-5,b:7"] });
    assert.deepEqual(mysql84.waitFor({ ...at, gtid: "a:1" }, true, 9), {
      sql: "SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?) AS result",
      values: ["a:1", 9],
    });
    assert.deepEqual(mysql80.waitFor(at, false, 9), {
      sql: "SELECT SOURCE_POS_WAIT(?, ?, ?) AS result",
      values: ["ssgbin-log.000001", 4, 9],
    });
    const mariadb = dialectFor("10.11.19-MariaDB", "");
    assert.equal(mariadb.showReplicaStatus().sql, "SHOW ALL SLAVES STATUS");
    assert.equal(mariadb.showWorkerErrors(), undefined);
  });

  it("makes an account that a repeated run can take over", () => {
    assert.deepEqual(mysql80.createReplicationAccount("rp_1", "10.0.0.2", "pw"), [
      { sql: "CREATE USER IF NOT EXISTS ?@? IDENTIFIED BY ?", values: ["rp_1", "10.0.0.2", "pw"] },
      { sql: "ALTER USER ?@? IDENTIFIED BY ? PASSWORD EXPIRE NEVER", values: ["rp_1", "10.0.0.2", "pw"] },
      { sql: "GRANT REPLICATION SLAVE ON *.* TO ?@?", values: ["rp_1", "10.0.0.2"] },
    ]);
    assert.deepEqual(mysql84.dropAccount("rp_1", "h"), { sql: "DROP USER IF EXISTS ?@?", values: ["rp_1", "h"] });
  });
});
