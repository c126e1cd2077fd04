import assert from "node:assert/strict";
import type { Identity } from "../../../providers/runbook/identity.ts";
import {
  finish,
  isAbout,
  type Journal,
  type JournalEvent,
  leadingJournal,
  milestones,
  newJournal,
  parseJournal,
  stateOf,
  withEvent,
} from "../../../providers/runbook/journal.ts";

const at = "2026-11-25T04:00:00Z";
const event = (text: string): JournalEvent => {
  const [step = "", kind = "started"] = text.split(":");
  return { step, at, kind, reason: "r", fault: "f" } as unknown as JournalEvent;
};
const donor: Identity = { name: "n1", serverUuid: "aaaa", serverId: 1 };
const recipient: Identity = { name: "n2", serverUuid: "bbbb", serverId: 2 };
const start = newJournal({ runId: "run-1", startedAt: at, procedure: "vendor", donor, recipient });
const journalOf = (...texts: string[]): Journal =>
  texts.reduce((journal, text) => withEvent(journal, event(text)), start);

describe("state from a journal", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["", "S0"],
    ["preflight:succeeded backup:failed", "S0"],
    ["backup:succeeded stop-links", "S1"],
    ["stop-links:succeeded stop-gateways", "S2"],
    ["stop-gateways:succeeded compare:succeeded", "S2"],
    ["stop-links:succeeded stop-gateways stop-gateways:failed stop-gateways:undone stop-links:undone", "S0"],
    ["stop-links:succeeded stop-gateways stop-gateways:failed stop-gateways:undone stop-links:undo-failed", "S1"],
    ["stop-links:skipped stop-gateways:succeeded fence", "S3"],
    ["fence:succeeded reset:failed", "S3"],
    ["reset:succeeded clone", "S4"],
    ["clone clone:failed preflight:succeeded reset:succeeded", "S4"],
    ["fence:succeeded fence:undone reset:failed", "S0"],
    ["clone:succeeded wire-recipient:failed", "S4"],
    ["stop-links stop-links:undone stop-links:failed", "S0"],
    ["clone:succeeded", "S4"],
    ["clone:succeeded wire-recipient", "S5"],
    ["wire-donor:succeeded start-gateways:succeeded verify", "S5"],
    ["wire-donor:succeeded start-gateways:succeeded verify:failed", "S5"],
    ["wire-donor:succeeded start-gateways:succeeded verify:succeeded", "S6"],
  ];
  for (const [texts, state] of cases)
    it(`is ${state} after ${texts || "nothing"}`, () => {
      assert.equal(stateOf(texts.split(" ").filter(Boolean).map(event)), state);
    });
});

describe("journal", () => {
  it("reads back what was written, with the state told anew from its events", () => {
    const journal = journalOf("stop-links:started", "stop-links:succeeded");
    assert.equal(journal.state, "S1");
    assert.deepEqual(parseJournal(JSON.stringify({ ...journal, state: "S6" }), "f"), journal);
  });

  it("names the file of one that is damaged, and guesses nothing", () => {
    const whole = JSON.stringify(journalOf("fence:started"));
    const damaged: readonly (readonly [string, RegExp])[] = [
      [whole.slice(0, -5), /no JSON/],
      ["", /no JSON/],
      ["[]", /no object/],
      [whole.replace('"format":1', '"format":2'), /format is 2/],
      [whole.replace('"serverUuid":"aaaa",', ""), /donor and recipient/],
      [whole.replace('"kind":"started"', '"kind":"begun"'), /events are damaged/],
      [whole.replace('"finished":false', '"finished":"no"'), /finished/],
    ];
    for (const [line, why] of damaged)
      assert.throws(
        () => parseJournal(line, "n1: /var/lib/x/journal.json"),
        (error: Error) =>
          why.test(error.message) && error.message.startsWith("n1: /var/lib/x/journal.json is no journal"),
        `${line} ${why}`,
      );
  });

  it("is about its two servers in either role, and about no others", () => {
    assert.ok(isAbout(start, [donor, recipient]));
    assert.ok(isAbout(start, [recipient, { ...donor, name: "renamed" }]));
    assert.ok(!isAbout(start, [donor, { ...recipient, serverUuid: "cccc" }]));
    assert.ok(!isAbout(start, [donor, { ...recipient, serverId: 3 }]));
    assert.ok(!isAbout(start, [donor]));
  });
});

describe("the journal to go by", () => {
  const one = journalOf("fence:started");
  const two = withEvent(one, event("fence:succeeded"));
  it("is the longer copy of one run", () => {
    assert.equal(leadingJournal([one, two]), two);
    assert.equal(leadingJournal([two, one]), two);
    assert.equal(leadingJournal([one]), one);
    assert.equal(leadingJournal([]), undefined);
  });
  it("is finished where either copy says so at the same length", () => {
    assert.ok(leadingJournal([two, finish(two)])?.finished);
    assert.ok(leadingJournal([finish(two), two])?.finished);
  });
});

describe("what the events prove", () => {
  const proofs = (...texts: string[]) => milestones(journalOf(...texts).events);
  it("is nothing before the reset", () => {
    assert.deepEqual(proofs("stop-links:succeeded", "fence:started"), {
      ...{ destroying: false, lifting: false, copyProved: false },
    });
  });
  it("is destruction from the reset's beginning, whatever failed since", () => {
    assert.equal(proofs("reset:started", "reset:failed").destroying, true);
    assert.equal(proofs("clone:failed").destroying, true);
  });
  it("is that the run itself lifts the fence, until it closes it or clones again", () => {
    assert.equal(proofs("fence:succeeded", "wire-donor:started").lifting, true);
    assert.equal(proofs("wire-donor:started", "stop-links:succeeded", "fence:started").lifting, true);
    assert.equal(proofs("wire-donor:started", "fence:succeeded").lifting, false);
    assert.equal(proofs("wire-donor:started", "clone:started").lifting, false);
  });
  it("is an equal copy until a difference was found", () => {
    const equal = withEvent(journalOf("wire-recipient:started"), {
      ...{ step: "wire-recipient", at: "t", kind: "succeeded" },
      facts: { contentsEqual: { tables: 3 } },
    });
    assert.equal(milestones(equal.events).copyProved, true);
    const differs = withEvent(equal, { step: "verify", at: "t", kind: "noted", facts: { contentsEqual: null } });
    assert.equal(milestones(differs.events).copyProved, false);
  });
});
