import type { NodeObservation, PairObservation, RunTrace } from "../observe/observation.ts";
import type { Side } from "../pair.ts";
import type { Finding } from "./finding.ts";
import { limits } from "./limits.ts";

const sides = ["primary", "secondary"] as const;

/** What earlier runs, or one that goes on now, left on the nodes. */
export const runFindings = (observation: PairObservation): readonly Finding[] => {
  const traces = sides.flatMap((side) => {
    const run = traceOf(observation[side]);
    return run ? [{ side, run, uuid: uuidOf(observation[side]) }] : [];
  });
  const live = traces.find(({ run }) => isLive(run));
  if (live) return [inProgress(live.side, live.run)];
  if (traces.filter(({ run }) => run.fence).length === 2) return [bothFenced(traces)];
  return [
    ...traces.flatMap(({ side, run, uuid }) => fenceFindings(side, run, uuid)),
    ...unfinished(traces),
    ...traces.flatMap(({ side, run }) => guarded(side, run)),
    ...traces.flatMap(({ side, run }) => staleLock(side, run)),
  ];
};

interface Traced {
  readonly side: Side;
  readonly run: RunTrace;
}

const traceOf = (node: NodeObservation): RunTrace | undefined => (node.reachable ? node.facts.run : node.run);
const uuidOf = (node: NodeObservation): string | undefined =>
  node.reachable ? node.facts.variables.server_uuid : undefined;
const isLive = ({ lock }: RunTrace): boolean =>
  lock !== undefined && !lock.ownerGone && lock.beatAgeSeconds <= limits.lockBeatAgeSecondsMax;

export const fencedSides = (observation: PairObservation): readonly Side[] =>
  sides.filter((side) => traceOf(observation[side])?.fence !== undefined);

const inProgress = (side: Side, { lock, journal }: RunTrace): Finding => ({
  code: "run-in-progress",
  subject: "pair",
  severity: "unknown",
  sentence: `run ${lock?.runId} of ${lock?.owner} is at work${journal ? ` (step ${journal.lastStep}, state ${journal.state})` : ""}; nothing else is concluded meanwhile`,
  evidence: `lock on the ${side}, renewed ${lock?.beatAgeSeconds} s ago`,
  remedy: "none",
  advice: "wait until it has ended; a run that is dead lets go of its lock by itself after a minute",
});

const bothFenced = (traces: readonly Traced[]): Finding => ({
  code: "both-fenced",
  subject: "pair",
  severity: "broken",
  sentence: "both nodes bear a fence: which of them is whole is not known from here",
  evidence: traces.map(({ side, run }) => `${side}: run ${run.fence?.runId}`).join("; "),
  remedy: "none",
  advice: "compare both by hand, then remove the marker and the read-only settings of the one that is whole",
});

const fenceFindings = (side: Side, { fence }: RunTrace, uuid: string | undefined): readonly Finding[] => {
  if (!fence) return [];
  if (uuid !== undefined && fence.recipientUuid !== uuid)
    return [
      {
        code: "fence-of-another",
        subject: side,
        severity: "broken",
        sentence: `the ${side} bears a fence that was put up for another server`,
        evidence: `marker of run ${fence.runId} names ${fence.recipientUuid}, this server is ${uuid}`,
        remedy: "none",
        advice:
          "a marker came here with copied files, or the server was built anew: remove it by hand if this node is whole",
      },
    ];
  return [
    {
      code: "fenced",
      subject: side,
      severity: "broken",
      sentence: `the ${side} is fenced by run ${fence.runId}: it may be incomplete and serves nobody`,
      evidence: `fence marker: donor ${fence.donorUuid}, recipient ${fence.recipientUuid}`,
      remedy: "reinitialise",
      advice: "a run was cut short after the fence: only a run that ends proves this copy whole",
    },
  ];
};

/** One finding for a run, whichever nodes have its journal. */
const unfinished = (traces: readonly Traced[]): readonly Finding[] => {
  const open = traces.filter(({ run }) => run.journal && !run.journal.finished && !run.fence);
  const ids = [...new Set(open.map(({ run }) => run.journal?.runId))];
  if (traces.some(({ run }) => run.fence)) return [];
  return ids.map((id) => {
    const mine = open.filter(({ run }) => run.journal?.runId === id);
    return {
      code: "run-unfinished",
      subject: "pair",
      severity: "degraded",
      sentence: `run ${id} was cut short before it fenced anything`,
      evidence: mine
        .map(({ side, run }) => `${side}: state ${run.journal?.state} after step ${run.journal?.lastStep}`)
        .join("; "),
      remedy: "none",
      advice: "npx pulumi up takes it up or undoes it",
    };
  });
};

const guarded = (side: Side, { guard }: RunTrace): readonly Finding[] =>
  guard
    ? [
        {
          code: "guard-acted",
          subject: side,
          severity: "note",
          sentence: `run ${guard.runId} was no longer heard of while the gateways were stopped: the guard on the ${side} ${guard.acted ? "brought them back" : "tries in vain to bring them back"}`,
          evidence: `${guard.acted ? "done" : "last tried"} at ${guard.at}, by that host's clock`,
          remedy: "none",
          advice: guard.acted
            ? "npx pulumi up takes the run up or undoes it"
            : "see why its server or its gateway does not start",
        },
      ]
    : [];

const staleLock = (side: Side, run: RunTrace): readonly Finding[] =>
  run.lock && !isLive(run)
    ? [
        {
          code: "stale-lock",
          subject: side,
          severity: "note",
          sentence: `the ${side} bears the lock of run ${run.lock.runId}, which shows no life`,
          evidence: `owner ${run.lock.owner}${run.lock.ownerGone ? ", a process that is gone" : ""}, last beat ${run.lock.beatAgeSeconds} s ago`,
          remedy: "none",
          advice: "the next run takes it over once no job of that run is alive",
        },
      ]
    : [];
