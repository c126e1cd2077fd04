import assert from "node:assert/strict";
import type { NodeObservation, PairObservation, RunTrace } from "../../../providers/observe/observation.ts";
import { unfinishedRun } from "../../../providers/runbook/reconcile.ts";

const node = (uuid: string, run?: RunTrace): NodeObservation =>
  ({ reachable: true, facts: { variables: { server_uuid: uuid }, ...(run && { run }) } }) as unknown as NodeObservation;
const pair = (primary: NodeObservation, secondary: NodeObservation): PairObservation => ({
  ...{ primary, secondary, hosts: [], links: {} },
});
const journal = (over: Partial<NonNullable<RunTrace["journal"]>> = {}) => ({
  ...{ runId: "run-1", donorUuid: "uuid-a", state: "S4", lastStep: "clone", finished: false, ...over },
});
const fence = { runId: "run-1", donorUuid: "uuid-a", recipientUuid: "uuid-b" };

describe("unfinishedRun", () => {
  it("is none where the nodes hold no trace, or a finished run", () => {
    assert.equal(unfinishedRun(pair(node("uuid-a"), node("uuid-b"))), undefined);
    const done = { journal: journal({ finished: true, state: "S6" }) };
    assert.equal(unfinishedRun(pair(node("uuid-a", done), node("uuid-b", done))), undefined);
  });

  it("takes the fence's node for the recipient, and the state from the journal", () => {
    const run = unfinishedRun(
      pair(node("uuid-a", { journal: journal() }), node("uuid-b", { journal: journal(), fence })),
    );
    assert.deepEqual(run, { runId: "run-1", state: "S4", lastStep: "clone", donor: "primary", fenced: true });
  });

  it("calls a fenced node incomplete when its journal is lost", () => {
    const run = unfinishedRun(pair(node("uuid-a"), node("uuid-b", { fence })));
    assert.deepEqual(run, { runId: "run-1", state: "S4", lastStep: "fence", donor: "primary", fenced: true });
  });

  it("goes by the journal before the fence, and finds its donor by the server's identity", () => {
    const early = { journal: journal({ state: "S2", lastStep: "stop-gateways", donorUuid: "uuid-b" }) };
    const run = unfinishedRun(pair(node("uuid-a", early), node("uuid-b", early)));
    assert.deepEqual(run, {
      runId: "run-1",
      state: "S2",
      lastStep: "stop-gateways",
      donor: "secondary",
      fenced: false,
    });
  });

  it("holds a journal of other servers for void", () => {
    const old = { journal: journal({ donorUuid: "uuid-of-a-server-that-is-gone" }) };
    assert.equal(unfinishedRun(pair(node("uuid-a", old), node("uuid-b", old))), undefined);
  });

  it("chooses nothing between two fences", () => {
    assert.equal(unfinishedRun(pair(node("uuid-a", { fence }), node("uuid-b", { fence }))), undefined);
  });

  it("still tells of the fence when its server is down", () => {
    const down: NodeObservation = { reachable: false, code: "server-down", reason: "down", run: { fence } };
    assert.equal(unfinishedRun(pair(node("uuid-a"), down))?.donor, "primary");
  });
});
