import assert from "node:assert/strict";
import { hostname } from "node:os";
import { allDead, lockHolders } from "../../../cli/engine-lock.ts";

const refusal = (...holders: readonly string[]): string =>
  [
    `error: the stack is currently locked by ${holders.length} lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.`,
    ...holders.map(
      (its) => `  file:///srv/state/.pulumi/locks/organization/p/s/6273739f.json?no_tmp_dir=true: created by ${its}`,
    ),
  ].join("\n");

describe("the engine's lock", () => {
  const ours = `ops@${hostname()} (pid 30842) at 2026-11-25T19:09:46Z`;
  const theirs = "ops@elsewhere.example (pid 1) at 2026-11-25T19:09:46Z";

  it("names its holders", () => {
    assert.deepEqual(lockHolders(refusal(ours, theirs)), [
      { host: hostname(), pid: 30842, text: ours },
      { host: "elsewhere.example", pid: 1, text: theirs },
    ]);
    assert.deepEqual(lockHolders(`error: no stack named 's' found, created by ${ours}`), []);
  });

  it("is dead only when all its holders are, on this host", () => {
    const gone = () => false;
    assert.ok(allDead(lockHolders(refusal(ours)), gone));
    assert.ok(!allDead(lockHolders(refusal(ours)), () => true), "alive");
    assert.ok(!allDead(lockHolders(refusal(ours, theirs)), gone), "one of another host");
    assert.ok(!allDead([], gone), "refused for another reason");
  });

  it("of a living process is not dead", () => {
    assert.ok(!allDead([{ host: hostname(), pid: process.pid, text: "" }]));
    assert.ok(allDead([{ host: hostname(), pid: 2 ** 22 + 1, text: "" }]));
  });
});
