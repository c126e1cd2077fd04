import assert from "node:assert/strict";
import { LimitError } from "../../../providers/errors.ts";
import { poll } from "../../../providers/node/poll.ts";

describe("poll", () => {
  it("gives what the look found", async () => {
    let looks = 0;
    const look = async () => (++looks === 3 ? "found" : undefined);
    assert.equal(await poll({ waitingFor: "it", limitMs: 1000, intervalMs: 1 }, look), "found");
  });

  it("looks at least once, and ends at its limit with what was last seen", async () => {
    const waiting = poll(
      { waitingFor: "the lag to end", limitMs: 0, intervalMs: 1, node: "n1" },
      async () => undefined,
      () => "7 s",
    );
    await assert.rejects(waiting, (error: LimitError) => {
      assert.ok(error instanceof LimitError && error.node === "n1");
      assert.equal(error.message, "waited 0 s for the lag to end; last seen: 7 s");
      return true;
    });
  });

  it("ends with the look's own error", async () => {
    await assert.rejects(
      poll({ waitingFor: "it", limitMs: 1000, intervalMs: 1 }, async () => {
        throw new Error("boom");
      }),
      /boom/,
    );
  });
});
