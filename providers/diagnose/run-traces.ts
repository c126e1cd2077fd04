import type { PairObservation, RunTrace } from "../observe/observation.ts";
import { otherSide, type Side } from "../pair.ts";
import type { Finding, RunLook } from "./finding.ts";
import { nextMove } from "./next-moves.ts";
import { isLive, type Reconciliation, type Row, reconcile, traced, type UnfinishedRun } from "./reconcile.ts";

/** What earlier runs, or one that goes on now, left on the nodes: one finding, and a note for each dead lock. */
export const runFindings = (observation: PairObservation): readonly Finding[] => {
  const traces = traced(observation);
  const live = traces.find(({ trace }) => isLive(trace));
  if (live) return [inProgress(live.side, live.trace)];
  const reconciled = reconcile(observation);
  const finding = findingOf(reconciled);
  const evidence = traces.map(({ side, trace }) => `${side}: ${traceText(trace)}`).join("; ");
  return [
    ...(finding ? [{ ...finding, evidence, advice: nextMove(reconciled.row, reconciled.run?.runId) }] : []),
    ...traces.flatMap(({ side, trace }) => guardActed(side, trace)),
    ...traces.flatMap(({ side, trace }) => deadLock(side, trace)),
  ];
};

/** For programs, and for whoever looks from another checkout: the same from the nodes alone. */
export const runLook = (observation: PairObservation): RunLook => {
  const { row, state, run } = reconcile(observation);
  const trace = traced(observation).find(({ trace: its }) => isLive(its))?.trace;
  const runId = run?.runId ?? trace?.lock?.runId;
  const lastStep = run?.lastStep ?? trace?.journal?.lastStep;
  return { state, runId, lastStep, next: nextMove(row, runId) };
};

export const fencedSides = (observation: PairObservation): readonly Side[] =>
  traced(observation)
    .filter(({ trace }) => trace.fence)
    .map(({ side }) => side);

/** From S2 on a run holds nodes; one that is cut short leaves them refusing writes. */
const holds = ({ state }: UnfinishedRun): boolean => state >= "S2";

/** Nodes that refuse writes because of a run: that is told of the run. */
export const heldSides = (observation: PairObservation): readonly Side[] => {
  const { run } = reconcile(observation);
  return run && holds(run) ? ["primary", "secondary"] : fencedSides(observation);
};

const inProgress = (side: Side, { lock, journal }: RunTrace): Finding => ({
  code: "run-in-progress",
  subject: "pair",
  severity: "unknown",
  sentence: `run ${lock?.runId} of ${lock?.owner} is at work${journal ? ` (step ${journal.lastStep}, state ${journal.state})` : ""}; nothing else is concluded meanwhile`,
  evidence: `lock on the ${side}, renewed ${lock?.beatAgeSeconds} s ago`,
  remedy: "none",
  advice: nextMove("live"),
});

const traceText = ({ fence, journal, jobs = [] }: RunTrace): string =>
  [
    ...(fence ? [`fence of run ${fence.runId}: donor ${fence.donor}, recipient ${fence.recipient}`] : []),
    ...(journal
      ? [
          `journal of run ${journal.runId}: state ${journal.state} at step ${journal.lastStep}${journal.finished ? ", finished" : ""}`,
        ]
      : []),
    ...(jobs.length > 0 ? [`jobs alive: ${jobs.map(({ name }) => name).join(", ")}`] : []),
  ].join(", ") || "no journal";

type Told = Pick<Finding, "code" | "subject" | "severity" | "sentence" | "remedy">;

const findingOf = ({ row, run, side, voids }: Reconciliation): Told | undefined => {
  const cut = run && `run ${run.runId} was cut short in state ${run.state}, at step ${run.lastStep}`;
  const recipient = run && otherSide(run.donor);
  const early = { code: "run-unfinished", subject: "pair", severity: "degraded", remedy: "none" } as const;
  const late = {
    code: "fenced",
    subject: recipient ?? "pair",
    severity: "broken",
    remedy: "reinitialise",
    sentence: `${cut}: the ${recipient} is fenced, may be incomplete and serves nobody`,
  } as const;
  const stuck = { subject: recipient ?? side ?? "pair", severity: "broken", remedy: "none" } as const;
  const old = [...new Set(voids)].join(" and ");
  const told: Readonly<Partial<Record<Row, Told>>> = {
    "start-anew": { ...early, sentence: `${cut}: nothing was touched` },
    resume: {
      ...early,
      sentence: `${cut}: nothing was fenced${run && holds(run) ? ", both nodes may refuse writes" : ""}`,
    },
    "verify-again": {
      ...early,
      sentence: `${cut}: the copy was proved, the rest was not; until then the ${recipient} may refuse writes`,
    },
    "finish-reset": late,
    "clone-again": late,
    "compare-then-wire": late,
    "journal-lost": {
      ...stuck,
      code: "fence-without-journal",
      sentence: `the ${recipient} is fenced by run ${run?.runId}, whose journal is lost: it counts as incomplete`,
    },
    "fence-lifted": {
      ...stuck,
      code: "fence-lifted-by-hand",
      sentence: `${cut}, and somebody has lifted the fence of the ${recipient} since: it may be incomplete, and it may have served`,
    },
    "fence-damaged": {
      ...stuck,
      code: "fence-damaged",
      sentence: "it bears a fence that cannot be read: which of them is whole is not known from here",
    },
    "both-fenced": {
      ...stuck,
      code: "both-fenced",
      sentence: "both nodes bear a fence: which of them is whole is not known from here",
    },
    "fence-of-another": {
      ...{ ...stuck, code: "fence-of-another", remedy: "reinitialise" },
      sentence: `the ${side} bears a fence that was put up for other servers: a copy that came with it may be incomplete`,
    },
    "two-runs": {
      ...{ ...stuck, code: "run-void", remedy: "reinitialise" },
      sentence: `runs ${old} were both cut short and contradict each other: neither proves anything`,
    },
    void: {
      ...{ ...early, code: "run-void", severity: "note" },
      sentence: `what run ${old} left is about other servers, or cannot be read: it proves nothing`,
    },
  };
  return told[row];
};

const guardActed = (side: Side, { guard }: RunTrace): readonly Finding[] =>
  guard
    ? [
        {
          code: "guard-acted",
          subject: side,
          severity: "note",
          sentence: `run ${guard.runId} was no longer heard of while nobody was served: the guard on the ${side} ${guard.acted ? "brought the gateways back" : "tries in vain to bring the gateways back"}`,
          evidence: `${guard.acted ? "done" : "last tried"} at ${guard.at}, by that host's clock`,
          remedy: "none",
          advice: guard.acted
            ? "none: the next run takes it into account"
            : "see why its server or its gateway does not start",
        },
      ]
    : [];

const deadLock = (side: Side, { lock, jobs = [] }: RunTrace): readonly Finding[] => {
  if (!lock) return [];
  const alive = jobs.filter(({ runId }) => runId === lock.runId).map(({ name }) => name);
  return [
    {
      code: "stale-lock",
      subject: side,
      severity: "note",
      sentence: `the ${side} bears the lock of run ${lock.runId}, which shows no life`,
      evidence: `owner ${lock.owner}, last beat ${lock.beatAgeSeconds} s ago`,
      remedy: "none",
      advice:
        alive.length > 0
          ? `its jobs are alive (${alive.join(", ")}): npx pulumi up takes that run up`
          : "the next run takes it over",
    },
  ];
};
