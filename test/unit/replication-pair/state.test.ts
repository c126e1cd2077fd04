import assert from "node:assert/strict";
import type { Observed } from "../../../providers/plan/plan.ts";
import { type Props, triggered, triggersDigest } from "../../../providers/replication-pair/state.ts";

const props = (...triggers: string[]): Props => ({ pair: { triggers }, self: "urn" });
const [a, b, c] = [props("a"), props("b"), props("c")];
const endedFor = (olds: Props, news: Props): Observed =>
  ({ endedRun: { runId: "run-1", triggers: triggersDigest(olds, news) } }) as Observed;

describe("a change of the triggers", () => {
  it("asks for a run, and none where nothing has changed", () => {
    assert.equal(triggered(a, b, undefined), "yes");
    assert.equal(triggered(a, a, undefined), "no");
    assert.equal(triggered({ pair: {}, self: "urn" }, props(), undefined), "no");
  });

  it("is done with where the last run was for it and ended healthy, as the nodes tell", () => {
    assert.equal(triggered(a, b, endedFor(a, b)), "done");
    assert.equal(triggered(a, b, endedFor(c, a)), "yes");
    assert.equal(triggered(a, a, endedFor(a, b)), "no");
  });

  it("back to earlier ones is another change", () => {
    assert.equal(triggered(b, a, endedFor(c, a)), "yes");
    assert.equal(triggered(b, a, endedFor(a, b)), "yes");
  });
});
