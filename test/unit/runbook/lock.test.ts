import assert from "node:assert/strict";
import { parseLockLook } from "../../../providers/runbook/lock.ts";
import { isDead, newOwner, parseOwner, processMark } from "../../../providers/runbook/lock-owner.ts";

describe("owner of a lock", () => {
  it("reads back, and a damaged line is nobody", () => {
    const owner = newOwner("run-1", "ops@host pid 7");
    assert.deepEqual(parseOwner(JSON.stringify(owner)), JSON.parse(JSON.stringify(owner)));
    for (const line of ["", "damaged", "{}", '{"runId":1}']) assert.equal(parseOwner(line), undefined);
  });

  it("is another one each time the same run is taken up", () => {
    assert.notEqual(newOwner("run-1", "o").token, newOwner("run-1", "o").token);
  });

  const base = { runId: "run-1", owner: "o", token: "t" };
  const marks: Record<number, string> = { [process.pid]: `boot pidns ${process.pid} 5`, 77: "boot pidns 77 900" };
  const markOf = (pid: number): string | undefined => marks[pid];
  it("is dead only where that can be known from here", () => {
    assert.ok(!isDead({ ...base, process: "boot pidns 77 900" }, markOf), "it lives");
    assert.ok(isDead({ ...base, process: "boot pidns 78 900" }, markOf), "no such process");
    assert.ok(isDead({ ...base, process: "boot pidns 77 100" }, markOf), "the number was given to another one");
    assert.ok(!isDead({ ...base, process: "boot2 pidns 78 900" }, markOf), "another machine or boot");
    assert.ok(!isDead({ ...base, process: "boot pidns2 78 900" }, markOf), "another container");
    assert.ok(!isDead(base, markOf), "its system does not tell");
    assert.ok(!isDead({ ...base, process: "boot pidns 78 900" }, () => undefined), "ours does not tell");
  });

  it("marks this very process", () => {
    if (process.platform !== "linux") return;
    assert.equal(processMark(process.pid), processMark(process.pid));
    assert.equal(processMark(2 ** 22 + 1), undefined);
  });
});

describe("a look at a lock", () => {
  it("reads state, age, jobs and owner", () => {
    const look = parseLockLook('held\n61\nbackup clone \n{"runId":"r"}\n');
    const held = { state: "held", ageSeconds: 61, jobs: ["backup", "clone"], ownerLine: '{"runId":"r"}' };
    assert.deepEqual(look, { ...held, stopAsked: false });
    assert.equal(parseLockLook('held\n3\n\n{"runId":"r"}\nstop\n').stopAsked, true);
    const free = { state: "free", ageSeconds: 0, jobs: [], ownerLine: "", stopAsked: false };
    assert.deepEqual(parseLockLook("free\n"), free);
  });
});
