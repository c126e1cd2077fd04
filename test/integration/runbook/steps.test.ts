import assert from "node:assert/strict";
import { statfsSync } from "node:fs";
import { userSchemas } from "../../../providers/clone/server-objects.ts";
import { SafetyError } from "../../../providers/errors.ts";
import { sql } from "../../../providers/mysql/statement.ts";
import type { Node } from "../../../providers/node/node.ts";
import { openNode } from "../../../providers/node/open-node.ts";
import { readFenceMarker } from "../../../providers/runbook/fence-marker.ts";
import { persistedOn } from "../../../providers/runbook/persisted.ts";
import { spaceRefusals } from "../../../providers/runbook/preflight-checks.ts";
import { readOnlyOf } from "../../../providers/runbook/quiet.ts";
import { variable } from "../../../providers/runbook/replica.ts";
import { openRunJournal } from "../../../providers/runbook/run-journal.ts";
import { endSenders } from "../../../providers/runbook/senders.ts";
import type { Context, Facts } from "../../../providers/runbook/step.ts";
import { clone } from "../../../providers/runbook/steps/clone.ts";
import { compare } from "../../../providers/runbook/steps/compare.ts";
import { fence, liftFence } from "../../../providers/runbook/steps/fence.ts";
import { preflight } from "../../../providers/runbook/steps/preflight.ts";
import { reset } from "../../../providers/runbook/steps/reset.ts";
import { verify } from "../../../providers/runbook/steps/verify.ts";
import { type OpenedLab, openPlainLab } from "../../support/opened-lab.ts";
import { startWriters, writtenTables } from "../observe/steady-writes.ts";
import { contextOf, type RunOf, resuming } from "./run-context.ts";

const MS = 30_000;

describe("steps of a run", () => {
  let opened: OpenedLab;
  let donor: Node;
  let recipient: Node;
  let done: string[] = [];
  const says = (what: string) => async (): Promise<void> => void done.push(what);
  beforeEach(() => {
    done = [];
  });
  before(async () => {
    opened = await openPlainLab("preflight-all", "mysql-9.7");
    donor = await opened.node("primary");
    recipient = await opened.node("secondary");
  });
  after(() => opened?.close());

  const context = (run: RunOf = {}): Context => contextOf(opened, { primary: donor, secondary: recipient }, run);

  /** As the step of that name leaves them. */
  const stopLinks = async (): Promise<void> => {
    for (const node of [donor, recipient]) await node.query(node.dialect.stopReplica(), MS);
    for (const node of [donor, recipient]) await endSenders(node);
  };

  it("finds nothing against a healthy pair, and what is to be put back", async () => {
    const { readOnlyBefore, threadsBefore } = await preflight.run(context());
    assert.deepEqual(readOnlyBefore, { primary: "off", secondary: "off" });
    assert.deepEqual(threadsBefore, { primary: true, secondary: true });
  });

  it("keeps the wish of a standby that is read-only, also where an attempt was cut short before it had noted that", async () => {
    const start = context();
    await opened.run("secondary", ["SET GLOBAL super_read_only = ON", "SET PERSIST_ONLY super_read_only = ON"]);
    try {
      const { readOnlyBefore, persistedBefore } = await preflight.run(resuming(start, {}));
      assert.deepEqual(readOnlyBefore, { primary: "off", secondary: "super_read_only" });
      assert.deepEqual(persistedBefore, { primary: {}, secondary: { super_read_only: "ON" } });
      // Behind a fence it is the run's doing.
      assert.deepEqual((await preflight.run(resuming(start, { fenced: true }))).readOnlyBefore, {
        primary: "off",
        secondary: "off",
      });
    } finally {
      await opened.run("secondary", [
        "RESET PERSIST",
        "SET GLOBAL super_read_only = OFF",
        "SET GLOBAL read_only = OFF",
      ]);
    }
  });

  it("compares nothing with a recipient that the operator gave up, in a later attempt neither", async () => {
    const first = resuming(context(), { fenced: true, unproved: true });
    const { facts } = await openRunJournal({ ...first, triggers: "" });
    assert.equal(facts.confirmed, true);
    const later = (facts: Facts): Promise<string | undefined> | undefined =>
      compare.satisfied?.({ ...resuming(first, { fenced: true }), facts });
    assert.match((await later(facts)) ?? "", /the operator has confirmed run/);
    assert.equal(await later({}), undefined);
    // Its own fence was closed since, and somebody has opened it.
    assert.equal(await later({ ...facts, fenceLifted: false }), undefined);
  });

  it("proves a copy while the gateways write on it, and holds their writes over a difference alone, and not for good", async () => {
    const start = context({ donor: "secondary" });
    const proving: Context = {
      ...{ ...start, guard: { ...start.guard, post: says("post"), end: says("end") } },
      facts: { fenceLifted: true },
      tell: async (text) => (/takes no writes while/.test(text) ? says("held")() : undefined),
    };
    await opened.run("primary", writtenTables);
    const writers = startWriters(opened.lab.record(), "primary");
    await verify.run(proving).finally(() => writers.stop());
    assert.deepEqual(done, []);
    await opened.run("primary", ["SET sql_log_bin = 0", "INSERT INTO written.counter VALUES (3, 0)"]);
    try {
      await assert.rejects(verify.run(proving), /differ after all: .*written\.counter: 1 only on the primary/);
      assert.deepEqual(done, ["held", "post", "end"]);
      assert.notEqual(await readFenceMarker(donor), undefined);
    } finally {
      await liftFence(donor, {});
      await opened.run("primary", ["SET sql_log_bin = 0", "DELETE FROM written.counter WHERE id = 3"]);
      await opened.run("secondary", ["START REPLICA"]);
      await opened.lab.caughtUp();
    }
  });

  it("names what its account lacks, although it may not even ask the rest", async () => {
    const mysql = { ...opened.pair.primary.mysql, optionFile: undefined, user: "lacks_all" };
    await opened.run("primary", [
      "SET sql_log_bin = 0",
      "CREATE USER lacks_all@localhost IDENTIFIED BY 'it lacks all'",
      "GRANT PROCESS, REPLICATION CLIENT ON *.* TO lacks_all@localhost",
    ]);
    const poor = await openNode({ ...opened.pair.primary, mysql }, { primaryMysqlPassword: "it lacks all" });
    try {
      await assert.rejects(preflight.run({ ...context(), donor: poor }), /privilege-missing: .* lacks .*SELECT/);
    } finally {
      await poor.close();
      await opened.run("primary", ["SET sql_log_bin = 0", "DROP USER lacks_all@localhost"]);
    }
  });

  it("leaves what was persisted before it, when the fence is undone", async () => {
    await opened.run("primary", ["SET PERSIST_ONLY skip_replica_start = ON"]);
    await opened.run("secondary", ["SET PERSIST_ONLY super_read_only = ON"]);
    const before = { primary: { skip_replica_start: "ON" }, secondary: { super_read_only: "ON" } };
    const persisted = async () => ({ primary: await persistedOn(donor), secondary: await persistedOn(recipient) });
    try {
      const start = context();
      const facts = await preflight.run(start);
      assert.deepEqual(facts.persistedBefore, before);
      await stopLinks();
      await fence.run({ ...start, facts });
      const fenced = await persisted();
      assert.deepEqual(fenced, {
        primary: { skip_replica_start: "ON" },
        secondary: { offline_mode: "ON", read_only: "ON", super_read_only: "ON", skip_replica_start: "ON" },
      });
      await fence.undo?.({ ...start, facts });
      assert.deepEqual(await persisted(), before);
    } finally {
      await liftFence(recipient, {});
      for (const side of ["primary", "secondary"] as const) await opened.run(side, ["RESET PERSIST", "START REPLICA"]);
      await opened.lab.caughtUp();
    }
  });

  it("asks for the room that a backup has to leave free, too", async () => {
    const folder = opened.lab.folder;
    const { bavail, bsize } = statfsSync(folder);
    const bytesThatLeave = (mebibytes: number): number => (bavail * bsize - mebibytes * 1024 ** 2) / 1.2;
    const codes = async (dataBytes: number): Promise<readonly string[]> =>
      (await spaceRefusals(donor, { folder, dataBytes })).map(({ code }) => code);
    assert.deepEqual(await codes(bytesThatLeave(32)), ["space"]); // its job would be ended at 64
    assert.deepEqual(await codes(bytesThatLeave(512)), []);
  });

  it("tells all refusals at once", async () => {
    await opened.run("secondary", [
      "SET sql_log_bin = 0",
      "SET GLOBAL max_allowed_packet = 1048576",
      "GRANT CONNECTION_ADMIN ON *.* TO gateway@'127.77.%'",
      "ALTER USER gateway@'127.77.%' ACCOUNT LOCK",
    ]);
    await opened.run("primary", [
      "SET sql_log_bin = 0",
      "CREATE USER nobody@localhost",
      "CREATE DEFINER = nobody@localhost VIEW ssg.of_nobody AS SELECT 1 AS one",
    ]);
    const hour = (from: number): string => new Date(Date.now() + from * 3_600_000).toISOString().slice(11, 16);
    const maintenanceWindow = { start: hour(2), end: hour(3) };
    await assert.rejects(preflight.run(context({ policy: { maintenanceWindow }, bytes: 1e15 })), (error: Error) => {
      assert.ok(error instanceof SafetyError);
      const codes = [...error.message.matchAll(/^ {2}([a-z-]+): /gm)].map(([, code]) => code);
      assert.deepEqual(codes.sort(), [
        "account-passes-fence",
        "account-unusable",
        "definer-missing",
        "outside-window",
        "packet-limit-load",
        "space",
        "space",
      ]);
      return true;
    });
  });

  it("resets no more once the run is another's, and lets the guards act when the donor's position is noted", async () => {
    const start = context();
    const resetting = {
      ...{ ...start, guard: { ...start.guard, hold: says("hold"), allow: says("allow") } },
      note: async (facts: Partial<Facts>): Promise<void> => void done.push(`note ${Object.keys(facts)}`),
    };
    const isReset = async (node: Node): Promise<boolean> => (await variable(node, "gtid_executed")) === "";
    for (const node of [donor, recipient]) await node.query(sql`CREATE SCHEMA IF NOT EXISTS logged`, MS);
    await stopLinks();
    const assertOurs = async (): Promise<void> => {
      if (await isReset(recipient)) throw new SafetyError("another's", { next: "" });
    };
    await assert.rejects(reset.run({ ...resetting, assertOurs }), /another's/);
    assert.deepEqual([await isReset(recipient), await isReset(donor)], [true, false]);
    assert.deepEqual(done.splice(0), ["hold"]);
    await reset.run(resetting);
    assert.deepEqual([await isReset(recipient), await isReset(donor)], [true, true]);
    assert.deepEqual(done, ["hold", "note donorPosition", "allow"]);
  });

  it("empties the recipient of a clone before the guards hold, and holds nothing once the run is another's", async () => {
    const hold = async (): Promise<void> => {
      done.push(`hold with ${(await userSchemas(recipient)).length} schemas`);
      throw new Error("as far as this test goes");
    };
    const start = context();
    const cloning = {
      ...{ ...start, guard: { ...start.guard, hold, allow: says("allow") } },
      note: async (facts: Partial<Facts>): Promise<void> => void done.push(`note ${Object.keys(facts).sort()}`),
    };
    const noted = "note clone,contentsEqual,donorWired,recipientWired";
    const isEmpty = async (): Promise<boolean> => (await userSchemas(recipient)).length === 0;
    assert.ok(!(await isEmpty()));
    const assertOurs = async (): Promise<void> => {
      if (await isEmpty()) throw new SafetyError("another's", { next: "" });
    };
    await assert.rejects(clone.run({ ...cloning, assertOurs }), /another's/);
    // A reset whose note was lost has left them on hold.
    assert.deepEqual(done.splice(0), ["allow", noted]);
    assert.ok(await isEmpty());
    await assert.rejects(clone.run(cloning), /as far as this test goes/);
    assert.deepEqual(done, ["allow", noted, "hold with 0 schemas"]);
    assert.equal(await readOnlyOf(donor), "off");
  });
});
