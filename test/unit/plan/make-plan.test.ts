import assert from "node:assert/strict";
import type { Finding } from "../../../providers/diagnose/finding.ts";
import type { UnfinishedRun } from "../../../providers/diagnose/reconcile.ts";
import { makePlan } from "../../../providers/plan/make-plan.ts";
import type { Observed, PlanInput } from "../../../providers/plan/plan.ts";
import { insideWindow } from "../../../providers/plan/window.ts";

const finding = (over: Partial<Finding>): Finding => ({
  ...{
    code: "sql-thread-error",
    subject: "link-secondary",
    severity: "broken",
    sentence: "it broke",
    evidence: "1062",
  },
  ...{ remedy: "reinitialise", advice: "rows differ", ...over },
});
const node = (name: string) => ({ name, version: "9.7.4", serverUuid: name, bytes: 30_000_000 });
const observed: Observed = {
  nodes: { primary: node("a"), secondary: node("b") },
  gatewaysRunning: ["a"],
  voidRuns: [],
  refusals: [],
};
const input = (findings: Finding[], over: Partial<PlanInput> = {}): PlanInput => ({
  health: { state: findings.length > 0 ? "broken" : "replicating", findings, run: { state: "S0", next: "none" } },
  observed,
  policy: {
    ...{ gatewayStopSeconds: 180, gatewayStartSeconds: 600 },
    donor: "primary",
    recipientOnlyRows: "refuse",
    guardSeconds: 300,
    remedies: ["start-server", "start-threads", "repoint", "reinitialise"],
  },
  forced: false,
  ...over,
});

const cut: UnfinishedRun = {
  ...{ runId: "r", state: "S0", lastStep: "backup", donor: "primary" },
  ...{ fenced: false, unproved: false, copyProved: false },
};

describe("makePlan", () => {
  it("does nothing for a healthy pair", () => {
    const plan = makePlan(input([]));
    assert.equal(plan.remedy, "none");
    assert.deepEqual(plan.steps, []);
  });

  it("takes the mildest remedy that covers every cause, mildest step first", () => {
    const plan = makePlan(
      input([
        finding({ remedy: "repoint", subject: "link-primary" }),
        finding({ remedy: "start-threads", subject: "link-secondary" }),
      ]),
    );
    assert.equal(plan.remedy, "repoint");
    assert.deepEqual(
      plan.steps.map(({ id, side }) => [id, side]),
      [
        ["start-threads", "secondary"],
        ["repoint", "primary"],
        ["prove-links", undefined],
      ],
    );
    assert.equal(plan.outageSeconds, 0);
  });

  it("starts a server that is down, then both links", () => {
    const plan = makePlan(input([finding({ remedy: "start-server", subject: "secondary", code: "server-down" })]));
    assert.deepEqual(
      plan.steps.map(({ id, side }) => [id, side]),
      [
        ["start-server", "secondary"],
        ["start-threads", "primary"],
        ["start-threads", "secondary"],
        ["prove-links", undefined],
      ],
    );
  });

  it("lets one cause that needs a clone decide for both links", () => {
    const plan = makePlan(input([finding({ remedy: "start-threads", subject: "link-primary" }), finding({})]));
    assert.equal(plan.remedy, "reinitialise");
    assert.equal(plan.steps.length, 12);
    assert.deepEqual([plan.donor, plan.recipient], ["primary", "secondary"]);
    assert.match(plan.notMilder.join(), /rows differ/);
  });

  it("never repairs what it could not look at", () => {
    const plan = makePlan(input([finding({ severity: "unknown", remedy: "none", code: "could-not-look" })]));
    assert.equal(plan.remedy, "none");
    assert.deepEqual(
      plan.refusals.map(({ code }) => code),
      ["could-not-look"],
    );
  });

  it("refuses a remedy that policy does not allow", () => {
    const policy = { ...input([]).policy, remedies: ["start-threads"] as const };
    assert.deepEqual(
      makePlan(input([finding({})], { policy })).refusals.map(({ code }) => code),
      ["policy-forbids-remedy"],
    );
  });

  it("keeps the direction of a fenced run, whatever policy says now", () => {
    const unfinishedRun = { ...cut, state: "S4", lastStep: "clone", donor: "secondary", fenced: true } as const;
    const plan = makePlan(input([], { observed: { ...observed, unfinishedRun } }));
    assert.deepEqual([plan.remedy, plan.donor, plan.recipient], ["reinitialise", "secondary", "primary"]);
    assert.equal(plan.resumes?.runId, "r");
  });

  it("takes up a run that was cut short before the fence, whatever the links look like and policy says by now", () => {
    const unfinishedRun = { ...cut, state: "S2", lastStep: "stop-gateways" };
    const policy = { ...input([]).policy, donor: "secondary" as const, remedies: ["start-threads"] as const };
    const plan = makePlan(
      input([finding({ remedy: "start-threads" })], { observed: { ...observed, unfinishedRun }, policy }),
    );
    assert.deepEqual([plan.remedy, plan.donor, plan.refusals], ["reinitialise", "primary", []]);
  });

  it("takes up no run while one of its servers cannot be asked, and says which", () => {
    const silent = finding({ code: "node-unreachable", subject: "secondary", severity: "unknown", remedy: "none" });
    const down = finding({ code: "server-down", subject: "secondary", remedy: "none" });
    const codes = (seen: Finding, over: Partial<UnfinishedRun>) =>
      makePlan(input([seen], { observed: { ...observed, unfinishedRun: { ...cut, ...over } } })).refusals.map(
        ({ code }) => code,
      );
    for (const seen of [silent, down])
      for (const state of [{ state: "S2" }, { state: "S4", fenced: true }])
        assert.deepEqual(codes(seen, state), [seen.code]);
    assert.deepEqual(codes(silent, { state: "S4", unproved: true }), ["run-unconfirmed", "node-unreachable"]);
  });

  it("takes up a run that the nodes do not prove only when the operator names it", () => {
    const lost = { ...cut, state: "S4", lastStep: "fence", fenced: true, unproved: true };
    const seen = [finding({ code: "fence-without-journal", subject: "secondary", remedy: "none" })];
    const at = (policy: Partial<PlanInput["policy"]>) =>
      makePlan(
        input(seen, { observed: { ...observed, unfinishedRun: lost }, policy: { ...input([]).policy, ...policy } }),
      );
    const [refusal, ...others] = at({ confirmedRun: "another" }).refusals;
    assert.deepEqual([refusal?.code, others], ["run-unconfirmed", []]);
    assert.match(refusal?.message ?? "", /overwrites b from a/);
    assert.match(refusal?.hint ?? "", /policy\.confirmedRun r,/);
    assert.deepEqual(at({ confirmedRun: "r" }).refusals, []);
  });

  it("only finishes a run whose copy was proved, and begins anew where more than a start of threads is needed", () => {
    const proved = { ...cut, state: "S5", lastStep: "verify", copyProved: true };
    const at = (seen: Finding[]) => makePlan(input(seen, { observed: { ...observed, unfinishedRun: proved } }));
    const finishing = at([]);
    assert.deepEqual(
      finishing.steps.map(({ id }) => id),
      ["start-gateways", "backup", "verify"],
    );
    assert.deepEqual([finishing.overwrites, finishing.outageSeconds], [false, 0]);
    const stopped = finding({ remedy: "start-threads", subject: "link-secondary" });
    assert.deepEqual(at([stopped]).steps, finishing.steps);
    assert.equal(at([stopped]).overwrites, false);
    assert.equal(at([stopped, finding({ remedy: "repoint", subject: "link-primary" })]).overwrites, true);
    assert.equal(at([finding({})]).steps.length, 12);
    assert.equal(at([finding({})]).overwrites, true);
  });

  it("reinitialises a healthy pair when the triggers changed", () => {
    assert.equal(makePlan(input([], { forced: true })).remedy, "reinitialise");
  });
});

describe("insideWindow", () => {
  const at = (time: string) => new Date(`2026-11-25T${time}:00Z`);
  it("ends before its end, and may cross midnight", () => {
    const night = { start: "22:00", end: "04:00" };
    assert.deepEqual(
      ["22:00", "23:59", "03:59", "04:00", "12:00"].map((time) => insideWindow(night, at(time))),
      [true, true, true, false, false],
    );
    assert.deepEqual(
      ["08:59", "09:00", "10:00"].map((time) => insideWindow({ start: "09:00", end: "10:00" }, at(time))),
      [false, true, false],
    );
  });
});
