import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { LimitError } from "../../../providers/errors.ts";
import { inTime } from "../../../providers/runbook/run.ts";
import type { Context, Facts, Step } from "../../../providers/runbook/step.ts";

describe("the limit of a step", () => {
  it("ends what it would still journal or destroy", async () => {
    const noted: Partial<Facts>[] = [];
    const context = {
      note: async (facts: Partial<Facts>) => void noted.push(facts),
      assertOurs: async () => {},
    } as Context;
    let destroyed = false;
    let late: Promise<unknown> | undefined;
    const step: Step = {
      id: "clone",
      timeoutMs: 10,
      async run({ note, assertOurs }) {
        await note({ clone: null });
        late = setTimeout(600).then(async () => {
          await assert.rejects(note({ contentsEqual: null }), LimitError);
          await assertOurs();
          destroyed = true;
        });
        await late;
        return {};
      },
    };
    await assert.rejects(inTime(step, context), LimitError);
    await assert.rejects(late ?? Promise.resolve(), LimitError);
    assert.deepEqual({ noted, destroyed }, { noted: [{ clone: null }], destroyed: false });
  });
});
