import assert from "node:assert/strict";
import { type Reconciliation, reconcile } from "../../../providers/diagnose/reconcile.ts";
import type { NodeObservation, PairObservation, RunTrace } from "../../../providers/observe/observation.ts";

type Journal = NonNullable<RunTrace["journal"]>;
type Traces = readonly [primary: RunTrace | undefined, secondary: RunTrace | undefined];

const node = (uuid: string, run: RunTrace | undefined): NodeObservation =>
  ({
    reachable: true,
    facts: { variables: { server_uuid: uuid, server_id: "1" }, ...(run && { run }) },
  }) as unknown as NodeObservation;
const observed = ([primary, secondary]: Traces): PairObservation => ({
  ...{ primary: node("uuid-a", primary), secondary: node("uuid-b", secondary), hosts: [], links: {} },
});
const journal = (state: string, lastStep: string, over: Partial<Journal> = {}): Journal => ({
  ...{ runId: "run-1", donor: "uuid-a (server_id 1)", recipient: "uuid-b (server_id 1)", state, lastStep, events: 9 },
  ...{ destroying: state >= "S4" || lastStep === "reset", copyProved: state === "S5", finished: false },
  lifting: ["wire-donor", "start-gateways", "verify"].includes(lastStep),
  ...over,
});
const at = (state: string, lastStep: string, over: Partial<Journal> = {}): RunTrace => ({
  journal: journal(state, lastStep, over),
});
const fence = { runId: "run-1", donor: "uuid-a (server_id 1)", recipient: "uuid-b (server_id 1)" };
const lock = (beatAgeSeconds: number) => ({
  owner: "ops@host pid 7",
  runId: "run-1",
  beatAgeSeconds,
  ownerGone: false,
});
const both = (trace: RunTrace, recipient: RunTrace = {}): Traces => [trace, { ...trace, ...recipient }];

/** FAULTS: lock, fence and journal as found; what the next run does. One line for each row, and for each way into it. */
const table: readonly [name: string, traces: Traces, row: string, state: string][] = [
  ["no trace at all", [undefined, undefined], "clear", "S0"],
  ["a finished run", both(at("S6", "verify", { finished: true })), "clear", "S6"],
  ["an undone run", both(at("S0", "backup", { finished: true })), "clear", "S0"],
  ["a live lock, whatever else stands there", both({ ...at("S4", "clone"), lock: lock(5) }, { fence }), "live", "S4"],
  ["a live lock and nothing else", [{ lock: lock(5) }, undefined], "live", "S0"],
  [
    "a fresh lock whose process is gone from this machine",
    both({ ...at("S2", "compare"), lock: { ...lock(5), ownerGone: true } }),
    "resume",
    "S2",
  ],
  ["a stale lock, no fence, up to the backup", both({ ...at("S0", "backup"), lock: lock(61) }), "start-anew", "S0"],
  ["links stopped", both(at("S1", "stop-links")), "resume", "S1"],
  ["gateways stopped", both(at("S2", "compare")), "resume", "S2"],
  ["fence announced, no marker yet", both(at("S3", "fence")), "resume", "S3"],
  ["fenced", both(at("S3", "fence"), { fence }), "finish-reset", "S3"],
  ["reset begun on both", both(at("S3", "reset"), { fence }), "finish-reset", "S3"],
  ["marker written, its announcement lost on one node", [at("S2", "compare"), { fence }], "finish-reset", "S3"],
  ["clone running", both(at("S4", "clone"), { fence }), "clone-again", "S4"],
  [
    "stale lock, job alive",
    both({ ...at("S4", "clone"), lock: lock(900) }, { fence, jobs: [{ runId: "run-1", name: "clone" }] }),
    "clone-again",
    "S4",
  ],
  ["one link wired", both(at("S5", "wire-recipient"), { fence }), "compare-then-wire", "S5"],
  ["both wired, marker still there", both(at("S5", "wire-donor"), { fence }), "compare-then-wire", "S5"],
  ["fence lifted by the run", both(at("S5", "wire-donor")), "verify-again", "S5"],
  ["verifying", both(at("S5", "verify")), "verify-again", "S5"],
  ["fence, journal lost", [undefined, { fence }], "journal-lost", "S4"],
  ["fence, journal of another run only", [at("S1", "stop-links", { runId: "run-2" }), { fence }], "journal-lost", "S4"],
  ["fence announced and undone in vain", both(at("S3", "stop-gateways")), "resume", "S3"],
  [
    "fence lifted by the run, then a new attempt from the start",
    both(at("S5", "stop-links", { lifting: true })),
    "verify-again",
    "S5",
  ],
  ["reset begun, no fence", both(at("S3", "reset")), "fence-lifted", "S3"],
  ["clone unfinished, no fence", both(at("S4", "clone")), "fence-lifted", "S4"],
  ["one link wired, no fence", both(at("S5", "wire-recipient")), "fence-lifted", "S5"],
  ["two fences", [{ fence }, { fence }], "both-fenced", "S4"],
  ["a fence that cannot be read", [undefined, { fence: { ...fence, runId: "unreadable" } }], "fence-damaged", "S4"],
  ["two unfinished runs", [at("S1", "stop-links"), at("S0", "backup", { runId: "run-2" })], "two-runs", "S0"],
  [
    "two unfinished runs, one past its fence",
    [at("S4", "clone"), at("S0", "backup", { runId: "run-2" })],
    "fence-lifted",
    "S4",
  ],
  ["a donor that was rebuilt", both(at("S2", "compare", { donor: "uuid-old (server_id 1)" })), "void", "S0"],
  ["a recipient that was rebuilt", both(at("S2", "compare", { recipient: "uuid-old (server_id 1)" })), "void", "S0"],
  [
    "fenced, and the donor was rebuilt since",
    both(at("S4", "clone", { donor: "uuid-old (server_id 1)" }), {
      fence: { ...fence, donor: "uuid-old (server_id 1)" },
    }),
    "fence-of-another",
    "S0",
  ],
  [
    "fenced, and the recipient was given another server_id since",
    both(at("S4", "clone", { recipient: "uuid-b (server_id 9)" }), {
      fence: { ...fence, recipient: "uuid-b (server_id 9)" },
    }),
    "fence-of-another",
    "S0",
  ],
  [
    "a donor that was given another server_id",
    both(at("S2", "compare", { donor: "uuid-a (server_id 9)" })),
    "void",
    "S0",
  ],
  [
    "a marker that came with copied files",
    [undefined, { fence: { ...fence, recipient: "uuid-old (server_id 1)" } }],
    "fence-of-another",
    "S0",
  ],
  ["an end that reached only one node", [at("S5", "verify"), at("S6", "verify", { finished: true })], "clear", "S6"],
];

describe("reconcile: the nodes alone tell what the next run does", () => {
  for (const [name, traces, row, state] of table)
    it(`${name}: ${row}`, () => {
      const found = reconcile(observed(traces));
      assert.deepEqual([found.row, found.state], [row, state]);
    });

  const runOf = (traces: Traces): Reconciliation["run"] => reconcile(observed(traces)).run;

  it("takes the other side of the fence for the donor, and the journal's where there is no fence", () => {
    assert.equal(runOf(both(at("S4", "clone"), { fence }))?.donor, "primary");
    const swapped = { donor: "uuid-b (server_id 1)", recipient: "uuid-a (server_id 1)" };
    assert.equal(runOf(both(at("S2", "compare", swapped)))?.donor, "secondary");
  });

  it("goes by the longer copy of one run's journal", () => {
    assert.equal(runOf([at("S1", "stop-links"), at("S2", "stop-gateways", { events: 10 })])?.state, "S2");
  });

  it("asks the operator where a fence has lost its journal, or a journal its fence", () => {
    assert.equal(runOf([undefined, { fence }])?.unproved, true);
    assert.equal(runOf(both(at("S4", "clone")))?.unproved, true);
    assert.equal(runOf(both(at("S4", "clone"), { fence }))?.unproved, false);
  });

  it("only finishes a copy that nothing has disproved", () => {
    assert.equal(runOf(both(at("S5", "verify")))?.copyProved, true);
    assert.equal(runOf(both(at("S5", "verify", { copyProved: false })))?.copyProved, false);
    assert.equal(runOf(both(at("S5", "wire-donor"), { fence }))?.copyProved, false);
  });

  it("chooses nothing between two fences, and leaves a live run alone", () => {
    assert.equal(runOf([{ fence }, { fence }]), undefined);
    assert.equal(runOf(both({ ...at("S4", "clone"), lock: lock(5) }, { fence })), undefined);
  });

  it("names the runs whose traces are void", () => {
    const besides = both(at("S2", "compare"), { fence: { ...fence, runId: "run-0", donor: "uuid-old (server_id 1)" } });
    assert.deepEqual([...new Set(reconcile(observed(besides)).voids)], ["run-0", "run-1"]);
    assert.deepEqual(reconcile(observed([at("S1", "x"), at("S0", "y", { runId: "run-2" })])).voids, ["run-1", "run-2"]);
    const old = both(at("S4", "clone", { donor: "uuid-old (server_id 1)" }));
    assert.deepEqual([...new Set(reconcile(observed(old)).voids)], ["run-1"]);
  });

  it("tells what the last run was for where it ended healthy, and is of these servers", () => {
    const ended = (over: Partial<Journal>) =>
      reconcile(observed(both(at("S6", "verify", { finished: true, triggers: "t1", ...over })))).ended;
    assert.deepEqual(ended({}), { runId: "run-1", triggers: "t1" });
    assert.equal(ended({ state: "S0" }), undefined);
    assert.equal(ended({ donor: "uuid-old (server_id 1)" }), undefined);
    assert.equal(reconcile(observed(both(at("S5", "verify", { triggers: "t1" })))).ended, undefined);
  });

  it("calls nobody's fence lifted on a host that could not be asked", () => {
    const silent: NodeObservation = { reachable: false, code: "unreachable", reason: "no route" };
    const without = (trace: RunTrace) => reconcile({ ...observed([trace, undefined]), secondary: silent });
    for (const [state, step, row] of [
      ["S3", "reset", "finish-reset"],
      ["S4", "clone", "clone-again"],
      ["S5", "wire-recipient", "compare-then-wire"],
    ] as const) {
      const { row: found, run } = without(at(state, step));
      assert.deepEqual([found, run?.fenced, run?.unproved, run?.donor], [row, true, false, "primary"]);
    }
    assert.equal(without(at("S2", "compare")).row, "resume");
    assert.equal(without(at("S5", "verify")).row, "verify-again");
    // Its host was asked, and had no fence.
    const empty: NodeObservation = { ...silent, code: "server-down" };
    for (const lifted of [empty, { ...empty, run: at("S4", "clone") }])
      assert.equal(reconcile({ ...observed([at("S4", "clone"), undefined]), secondary: lifted }).row, "fence-lifted");
  });

  it("still tells of a fence whose server is down", () => {
    const down: NodeObservation = { reachable: false, code: "server-down", reason: "down", run: { fence } };
    const seen = { ...observed([at("S4", "clone"), undefined]), secondary: down };
    assert.deepEqual([reconcile(seen).row, reconcile(seen).run?.donor], ["clone-again", "primary"]);
  });
});
