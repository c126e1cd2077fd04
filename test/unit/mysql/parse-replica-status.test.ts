import assert from "node:assert/strict";
import type { ReplicaStatus } from "../../../providers/mysql/replica-status.ts";
import { capturedFacts, caseNames, flavours } from "../diagnose/captured.ts";

const statusOf = (flavour: string, name: string): ReplicaStatus => {
  const [status] = capturedFacts(flavour, name).replicas;
  assert.ok(status);
  return status;
};

describe("parseReplicaStatus on captured rows", () => {
  for (const flavour of flavours)
    it(`reads a healthy ${flavour}`, () => {
      const status = statusOf(flavour, "healthy");
      assert.deepEqual([status.io.state, status.sql.state, status.lagSeconds], ["running", "running", 0]);
      assert.deepEqual([status.io.fault, status.sql.fault, status.filters], [undefined, undefined, []]);
      assert.deepEqual([status.channel, status.sourceUser, status.sourceServerId], ["", "repluser", 1]);
      assert.deepEqual(status.received, status.executed);
      assert.match(status.executed.file, /^ssgbin-log\.\d{6}$/);
      assert.equal(status.autoPosition, flavour.endsWith("-gtid"));
      assert.ok(status.sourcePort > 0 && status.relayLogBytes > 0);
    });

  for (const flavour of flavours)
    it(`reads every case of ${flavour}`, () => {
      for (const name of caseNames(flavour)) {
        const status = capturedFactsOrNone(flavour, name)?.replicas[0];
        if (!status) continue;
        for (const value of [status.sourcePort, status.received.offset, status.executed.offset, status.relayLogBytes])
          assert.ok(Number.isFinite(value), name);
      }
    });

  it("takes the worker's own error, which names the table", () => {
    for (const flavour of ["mysql97-gtid", "mysql97-filepos", "mysql80-filepos"]) {
      const fault = statusOf(flavour, "dup_key_1062").sql.fault;
      assert.equal(fault?.code, 1062);
      assert.match(
        fault?.message ?? "",
        /Could not execute Write_rows event on table ssg\.counter; Duplicate entry '7'/,
      );
    }
  });

  it("sees a transaction that waits for a lock, where the server tells it", () => {
    for (const flavour of ["mysql97-gtid", "mysql80-filepos"]) {
      const { retrying } = statusOf(flavour, "lag_row_lock_1205");
      assert.equal(retrying?.code, 1205);
      assert.ok((retrying?.times ?? 0) > 0);
    }
    assert.equal(statusOf("mysql56", "lag_row_lock_1205").retrying, undefined);
  });

  it("reads a receiver that connects, and lag that is not told", () => {
    const status = statusOf("mysql80-filepos", "wrong_password_1045");
    assert.deepEqual([status.io.state, status.io.fault?.code, status.lagSeconds], ["connecting", 1045, null]);
  });

  it("finds no row where replication was never configured", () => {
    for (const flavour of ["mysql56", "mysql80-filepos", "mysql97-gtid", "mariadb1011-gtid"])
      assert.deepEqual(capturedFacts(flavour, "never_configured").replicas, []);
  });

  it("reads filters, delays and channels", () => {
    assert.deepEqual(statusOf("mysql80-filepos", "replicate_filter").filters, [
      "Replicate_Ignore_Table=ssg.audit_main",
    ]);
    assert.equal(statusOf("mysql80-filepos", "delayed").delaySeconds, 3600);
    const channels = capturedFacts("mysql80-filepos", "named_channel").replicas.map(({ channel }) => channel);
    assert.deepEqual(channels, ["", "old"]);
  });

  it("reads MariaDB's position from the row of all slaves", () => {
    assert.equal(statusOf("mariadb1011-gtid", "healthy").executedGtid, "1-1-11,2-2-2");
  });
});

const capturedFactsOrNone = (flavour: string, name: string) => {
  try {
    return capturedFacts(flavour, name);
  } catch {
    return undefined;
  }
};
