import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { LimitError, SafetyError } from "../../../providers/errors.ts";
import { inTime, runSteps } from "../../../providers/runbook/run.ts";
import type { RunJournal } from "../../../providers/runbook/run-journal.ts";
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

describe("a step that ends when the run is another's", () => {
  it("is not journalled as done, and nothing is undone", async () => {
    const written: string[] = [];
    let isOurs = true;
    const step = {
      ...{ id: "compare", title: "compare", timeoutMs: 1_000 },
      async run() {
        isOurs = false;
        return { compared: { tables: 1, recipientOnlyRows: 0 } };
      },
      undo: async () => void written.push("undo"),
    };
    const assertOurs = async (): Promise<void> => {
      if (!isOurs) throw new SafetyError("the lock was lost", { next: "" });
    };
    const journal = {
      record: async ({ kind }) => void written.push(kind),
      began: (id) => id === "compare",
    } as Partial<RunJournal> as RunJournal;
    const context = { tell: async () => {}, facts: {}, assertOurs } as unknown as Context;
    const controls = { assertMayGoOn: assertOurs, isOurs: async () => isOurs };
    const outcome = await runSteps(context, [step], journal, controls);
    assert.deepEqual(written, ["started"]);
    assert.ok(!outcome.ok);
    assert.deepEqual([outcome.failure.what, outcome.facts], ["the lock was lost", {}]);
    assert.deepEqual(outcome.failure.also, ["this run is no longer in charge: nothing was undone"]);
  });
});
