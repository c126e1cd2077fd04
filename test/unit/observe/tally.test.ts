import assert from "node:assert/strict";
import type { RowDifference } from "../../../providers/observe/merge-join.ts";
import { doubtful, keptMax, stillThere, tally, total } from "../../../providers/observe/tally.ts";

const only = (on: "primary" | "secondary", key: string, hash = "h"): RowDifference => ({
  ...{ kind: "only", on },
  row: { key: [key], hash },
});
const changed = (key: string, recipientHash: string): RowDifference => ({
  kind: "changed",
  primary: { key: [key], hash: "donor" },
  secondary: { key: [key], hash: recipientHash },
});

describe("tally of differences", () => {
  it("counts all and keeps the first ones", async () => {
    const many = Array.from({ length: keptMax + 5 }, (_, n) => only("secondary", String(n)));
    const found = await tally([...many, only("primary", "x"), changed("y", "h")], "secondary");
    assert.equal(found.secondary.count, keptMax + 5);
    assert.equal(found.secondary.kept.length, keptMax);
    assert.equal(total(found), keptMax + 7);
  });

  it("looks again only at kinds that were kept whole", async () => {
    const many = Array.from({ length: keptMax + 1 }, (_, n) => only("primary", String(n)));
    const found = await tally([...many, only("secondary", "s")], "secondary");
    assert.deepEqual(
      doubtful(found).map(({ key }) => key[0]),
      ["s"],
    );
  });

  it("drops what a second look no longer sees", async () => {
    const before = await tally(
      [only("secondary", "stays"), only("secondary", "in flight"), only("primary", "arrived")],
      "secondary",
    );
    const after = stillThere(before, await tally([only("secondary", "stays")], "secondary"));
    assert.deepEqual(
      after.secondary.kept.map(({ key }) => key[0]),
      ["stays"],
    );
    assert.equal(total(after), 1);
  });

  it("drops a changed row that moved on the recipient: it is being replicated", async () => {
    const before = await tally([changed("counter", "v1"), changed("wrong", "w")], "secondary");
    const after = stillThere(before, await tally([changed("counter", "v2"), changed("wrong", "w")], "secondary"));
    assert.deepEqual(
      after.changed.kept.map(({ key }) => key[0]),
      ["wrong"],
    );
  });

  it("does not add what only the second look saw", async () => {
    const before = await tally([only("secondary", "a")], "secondary");
    const after = stillThere(before, await tally([only("secondary", "a"), only("secondary", "b")], "secondary"));
    assert.equal(after.secondary.count, 1);
  });
});
