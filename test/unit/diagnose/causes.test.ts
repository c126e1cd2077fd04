import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { applierCauses } from "../../../providers/diagnose/applier-causes.ts";
import { causeOf } from "../../../providers/diagnose/cause.ts";
import { receiverCauses } from "../../../providers/diagnose/receiver-causes.ts";
import { tableIn } from "../../../providers/diagnose/server-words.ts";
import { textOf } from "../text-of.ts";

type Case = readonly [code: number, message: string, cause: string, remedy: string];

/** Messages from the message files of 8.0.31 and 9.7.4, older ones from the manuals. */
const applier: readonly Case[] = [
  [
    1802,
    "CHANGE REPLICATION SOURCE cannot be executed when the replica was stopped with an error or killed in MTA mode; gaps",
    "applier-gaps",
    "reinitialise",
  ],
  [
    1590,
    "The incident LOST_EVENTS occurred on the master. Message: error writing to the binary log",
    "incident-on-source",
    "reinitialise",
  ],
  [
    13119,
    "The incident LOST_EVENTS occurred on the source. Message: error writing to the binary log",
    "incident-on-source",
    "reinitialise",
  ],
  [
    1950,
    "An attempt was made to binlog GTID 1-1-11 which would create an out-of-order sequence number",
    "gtid-out-of-order",
    "reinitialise",
  ],
  [13122, "Relay log write failure: could not queue event from source", "relay-log-not-written", "none"],
  [1114, "The table 'audit_main' is full", "no-space", "none"],
  [13132, "The table 'audit_main' is full!", "no-space", "none"],
  [1205, "Lock wait timeout exceeded; try restarting transaction", "lock-wait-exhausted", "start-threads"],
  [1213, "Deadlock found when trying to get lock; try restarting transaction", "lock-wait-exhausted", "start-threads"],
  [1449, "The user specified as a definer ('gw'@'%') does not exist", "account-rights-of-applier", "none"],
  [
    1290,
    "The MySQL server is running with the --super-read-only option so it cannot execute this statement",
    "read-only-for-applier",
    "none",
  ],
  [
    13149,
    "Cannot replicate anonymous transaction when @@GLOBAL.GTID_MODE = ON, at file ./bin.000002, position 4.",
    "gtid-mode-differs",
    "none",
  ],
  [1872, "Slave failed to initialize relay log info structure from the repository", "relay-log-missing", "repoint"],
  [
    13124,
    "Replica failed to initialize applier metadata structure from the repository",
    "relay-log-missing",
    "repoint",
  ],
  [1594, "Relay log read failure: Could not parse relay log event entry.", "relay-log-damaged", "repoint"],
  [1396, "Operation CREATE USER failed for 'x'@'%'", "account-differs", "reinitialise"],
];

const receiver: readonly Case[] = [
  [
    1129,
    "Host '10.0.0.2' is blocked because of many connection errors; unblock with 'mysqladmin flush-hosts'",
    "host-blocked",
    "none",
  ],
  [2026, "SSL connection error: unable to verify certificate", "tls-failed", "none"],
  [
    3159,
    "Connections using insecure transport are prohibited while --require_secure_transport=ON.",
    "tls-failed",
    "none",
  ],
  [
    13115,
    "Replication event checksum verification failed while reading from network.",
    "network-damage",
    "start-threads",
  ],
  [1595, "Relay log write failure: could not queue event from master", "relay-log-not-written", "none"],
  [
    13117,
    "Fatal error: The replica I/O thread stops because source and replica have equal MySQL server UUIDs",
    "same-server-uuid",
    "none",
  ],
  [
    1593,
    "The slave IO thread stops because the master has @@GLOBAL.GTID_MODE OFF and this server has @@GLOBAL.GTID_MODE ON",
    "gtid-mode-differs",
    "none",
  ],
  [
    1236,
    "Got fatal error 1236 from master when reading data from binary log: 'log event entry exceeded max_allowed_packet; Increase max_allowed_packet on master'",
    "event-too-large",
    "none",
  ],
  [
    1236,
    "Got fatal error 1236 from master when reading data from binary log: 'Error: connecting slave requested to start from GTID 1-1-10, which is not in the master's binlog'",
    "source-was-reset",
    "reinitialise",
  ],
];

describe("diagnose: causes", () => {
  for (const [code, message, cause, remedy] of applier)
    it(`applier ${code} ${cause}`, () => {
      const found = causeOf({ code, message }, applierCauses);
      assert.deepEqual([found?.code, found?.remedy], [cause, remedy]);
    });

  for (const [code, message, cause, remedy] of receiver)
    it(`receiver ${code} ${cause}`, () => {
      const found = causeOf({ code, message }, receiverCauses);
      assert.deepEqual([found?.code, found?.remedy], [cause, remedy]);
    });

  it("finds the table in the server's words", () => {
    assert.equal(tableIn("Could not execute Write_rows event on table ssg.counter; Duplicate entry"), "ssg.counter");
    assert.equal(tableIn("Error 'Table 'ssg.counter' doesn't exist' on query"), "ssg.counter");
    assert.equal(tableIn("Column 1 of table 'ssg.counter' cannot be converted"), "ssg.counter");
    assert.equal(tableIn("fails (`ssg`.`audit_detail`, CONSTRAINT `fk_a` FOREIGN KEY"), "ssg.audit_detail");
    assert.equal(tableIn("Lock wait timeout exceeded"), undefined);
  });
});

describe("findings.md", () => {
  const source = textOf("providers/diagnose", ".ts");
  const codes = new Set([
    ...[...source.matchAll(/code: "([a-z-]+)"/g)].map(([, code]) => code as string),
    // The three that one rule chooses from.
    ...["threads-stopped", "receiver-stopped", "applier-stopped"],
  ]);
  const page = readFileSync("docs/findings.md", "utf8");
  const rows = [...page.matchAll(/^\| ([a-z-]+) +\|/gm)]
    .map(([, code]) => code as string)
    .filter((word) => word !== "code" && /[a-z]/.test(word));

  it("has one row for each code, and no other", () => {
    assert.deepEqual([...rows].sort(), [...codes].sort());
  });

  it("each code has a case in these tests", () => {
    const tests = textOf("test/unit/diagnose", ".test.ts");
    assert.deepEqual(
      [...codes].filter((code) => !new RegExp(`\\b${code}\\b`).test(tests)),
      [],
    );
  });
});
