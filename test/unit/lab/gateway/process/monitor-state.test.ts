import assert from "node:assert/strict";
import { type Check, judge, type MonitorState } from "../../../../../lab/gateway/process/monitor-state.ts";

const timing = { monitorThresholdMs: 60_000, monitorRepeatMs: 3_600_000 };
const delay = (seconds: number): Check => ({ kind: "delay", delayMs: seconds * 1000 });

/** Lines logged by checks that are a minute apart. */
function lines(...checks: Check[]): (string | undefined)[] {
  let state: MonitorState = { failing: false };
  return checks.map((check, minute) => {
    const verdict = judge(state, check, "secondary/ssg", minute * 60_000, timing);
    state = verdict.state;
    return verdict.line?.text;
  });
}

describe("the product's replication monitor", () => {
  it("warns from the threshold on, once, and tells the first good check", () => {
    assert.deepEqual(lines(delay(0), delay(50), delay(60), delay(120), delay(10), delay(0)), [
      ...[undefined, undefined],
      "2381: Replication failing for host/database secondary/ssg: delay is 60 seconds",
      undefined,
      "2382: Replication recovered for host/database secondary/ssg",
      undefined,
    ]);
  });

  it("keeps silent for an hour, also about another trouble", () => {
    const gone: Check = { kind: "inaccessible", database: "primary/ssg", reason: "connect ECONNREFUSED" };
    const said = lines(gone, ...Array.from({ length: 60 }, () => delay(600)));
    assert.equal(said[0], "2380: Error accessing host/database primary/ssg: connect ECONNREFUSED");
    assert.deepEqual(said.slice(1, 60).filter(Boolean), []);
    assert.equal(said[60], "2381: Replication failing for host/database secondary/ssg: delay is 600 seconds");
  });

  it("names a delay that cannot be known", () => {
    assert.match(lines({ kind: "uncomputable" })[0] ?? "", /^2381: .*: error calculating delay$/);
  });
});
