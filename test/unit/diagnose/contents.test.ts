import assert from "node:assert/strict";
import type { PairObservation } from "../../../providers/observe/observation.ts";
import type { Pair, Side } from "../../../providers/pair.ts";
import { brief, findings, healthy, one, pair, withStatus } from "./changed.ts";

describe("diagnose: contents", () => {
  const difference = (
    table: string,
    only: Partial<Record<Side, readonly string[]>>,
    changed: readonly string[] = [],
  ) => ({
    ...{ schema: "ssg", table, rows: { primary: 10, secondary: 11 } },
    onlyOn: {
      primary: { count: only.primary?.length ?? 0, keys: only.primary ?? [] },
      secondary: { count: only.secondary?.length ?? 0, keys: only.secondary ?? [] },
    },
    changed: { count: changed.length, keys: changed },
  });
  const compared = (...differences: readonly ReturnType<typeof difference>[]): PairObservation => ({
    ...healthy,
    contents: { tablesCompared: 5, differences, skipped: [] },
  });
  const saving: Pair = { ...pair, policy: { ...pair.policy, recipientOnlyRows: "save-and-discard" } };

  it("lists what only the recipient has, and refuses unless the operator lets it go", () => {
    const observation = compared(difference("audit_main", { secondary: ["A1", "A2"] }));
    const found = one(observation);
    assert.equal(brief(found), "pair recipient-only-rows broken none");
    assert.match(found.sentence, /the secondary has 2 rows in 1 table/);
    assert.match(found.evidence, /ssg\.audit_main: 2 only on the secondary \(A1 A2\)/);
    assert.match(found.advice, /save-and-discard/);
    assert.equal(one(observation, saving).remedy, "reinitialise");
  });

  it("never lets go of what people made", () => {
    const found = one(compared(difference("policy", { secondary: ["P"] })), saving);
    assert.equal(found.remedy, "none");
    assert.match(found.advice, /ssg\.policy are never discarded/);
  });

  it("shows at most 20 keys", () => {
    const keys = Array.from({ length: 25 }, (_, index) => `K${index}`);
    const { evidence } = one(compared(difference("audit_main", { secondary: keys })));
    assert.match(evidence, /25 only on the secondary \(K0 .* K19 \.\.\.\)/);
    assert.doesNotMatch(evidence, /K20/);
  });

  it("calls other contents a reason to copy anew", () => {
    const found = one(compared(difference("policy", { primary: ["Q"] }, ["R"])));
    assert.equal(brief(found), "pair contents-differ broken reinitialise");
  });

  it("does not count sessions as a loss: what has expired is deleted all the time", () => {
    const found = one(compared(difference("message_id", { secondary: ["m"] })));
    assert.equal(brief(found), "pair contents-differ broken reinitialise");
    const both = findings(
      compared(difference("message_id", { secondary: ["m"] }), difference("audit_main", { secondary: ["a"] })),
    );
    assert.deepEqual(
      both.map(({ code }) => code),
      ["recipient-only-rows", "contents-differ"],
    );
    assert.doesNotMatch(both[0]?.evidence ?? "", /message_id/);
  });

  it("leaves heartbeats out", () => {
    assert.deepEqual(findings(compared(difference("cluster_info", { secondary: ["x"] }))), []);
  });

  it("lets rows travel first where a mild remedy mends the link", () => {
    const stopped = withStatus(
      "primary",
      { io: { state: "stopped" } },
      compared(difference("audit_main", { secondary: ["A"] })),
    );
    assert.deepEqual(findings(stopped).map(brief), [
      "link-primary receiver-stopped broken start-threads",
      "pair recipient-only-rows note wait",
    ]);
  });

  it("says what was not compared", () => {
    const skipped = [{ table: "ssg.audit_main", reason: "more rows than a look may read" }];
    const found = one({ ...healthy, contents: { tablesCompared: 4, differences: [], skipped } });
    assert.equal(brief(found), "pair not-compared note none");
  });
});
