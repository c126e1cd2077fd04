import assert from "node:assert/strict";
import type { Observed } from "../../../providers/plan/plan.ts";
import { type Props, triggered, triggersDigest } from "../../../providers/replication-pair/state.ts";

const props = (...triggers: string[]): Props => ({ pair: { triggers }, self: "urn" });
const endedFor = (triggers: string): Observed => ({ endedRun: { runId: "run-1", triggers } }) as Observed;

describe("a change of the triggers", () => {
  it("asks for a run, and none where nothing has changed", () => {
    assert.equal(triggered(props("a"), props("a", "b"), undefined), "yes");
    assert.equal(triggered(props("a"), props("a"), undefined), "no");
    assert.equal(triggered({ pair: {}, self: "urn" }, props(), undefined), "no");
  });

  it("is done with where the last run was for it and ended healthy, as the nodes tell", () => {
    assert.equal(triggered(props("a"), props("b"), endedFor(triggersDigest(props("b")))), "done");
    assert.equal(triggered(props("a"), props("b"), endedFor(triggersDigest(props("a")))), "yes");
    assert.equal(triggered(props("a"), props("a"), endedFor(triggersDigest(props("b")))), "no");
  });
});
