import { serverIdentity } from "../mysql/server-identity.ts";
import type { NodeObservation, PairObservation, RunTrace } from "../observe/observation.ts";
import { otherSide, type Side } from "../pair.ts";
import { limits } from "./limits.ts";

/** A run that was cut short, and how far it had come. */
export interface UnfinishedRun {
  readonly runId: string;
  /** S0 to S6, see docs/faults.md. */
  readonly state: string;
  readonly lastStep: string;
  readonly donor: Side;
  /** The recipient bears the fence of this run. */
  readonly fenced: boolean;
  /** What stands on the nodes does not prove enough: an operator has to name this run in policy.confirmedRun. */
  readonly unproved: boolean;
  /** The run itself has lifted the fence, contents and tokens had proved the copy, and nothing has disproved it since. */
  readonly copyProved: boolean;
}

/** A run that ended healthy: what it was asked for is done, also where the engine could not store that. */
export interface EndedRun {
  readonly runId: string;
  /** Digest of the change that its stack had. */
  readonly triggers: string;
}

/** What the traces on the nodes mean for the next run. */
export type Row =
  /** A run beats: leave it alone. */
  | "live"
  /** No trace, or a finished run: what is observed decides. */
  | "clear"
  /** Nothing was touched yet. */
  | "start-anew"
  /** Links, perhaps gateways, are stopped; nothing is fenced. */
  | "resume"
  /** Fenced, the logs may be reset on one node or on both. */
  | "finish-reset"
  /** Fenced, and overwritten at least in part. */
  | "clone-again"
  /** Fenced and wired, at least in one direction. */
  | "compare-then-wire"
  /** The fence was lifted by the run itself, after contents and tokens had proved the copy. */
  | "verify-again"
  /** A fence whose run has no journal left. */
  | "journal-lost"
  /** A run past its fence, and no fence: somebody lifted it. */
  | "fence-lifted"
  /** A marker that cannot be read. */
  | "fence-damaged"
  | "both-fenced"
  /** A fence that names another server: it proves nothing, and neither does green replication. */
  | "fence-of-another"
  /** Two unfinished runs contradict each other. */
  | "two-runs"
  /** Only journals of other servers, or unreadable ones. */
  | "void";

export interface Reconciliation {
  readonly row: Row;
  /** State of the pair as far as runs go: S0 to S6. */
  readonly state: string;
  readonly run?: UnfinishedRun | undefined;
  /** The last one, where nothing came after it. */
  readonly ended?: EndedRun | undefined;
  /** The node that the row is about, where it is one. */
  readonly side?: Side | undefined;
  /** Runs whose traces prove nothing any more; the next run keeps them aside. */
  readonly voids: readonly string[];
}

type Journal = NonNullable<RunTrace["journal"]>;
interface Traced {
  readonly side: Side;
  readonly trace: RunTrace;
}

const sides: readonly Side[] = ["primary", "secondary"];
const traceOf = (node: NodeObservation): RunTrace | undefined => (node.reachable ? node.facts.run : node.run);
/** Its state folder was read, where there may have been nothing: "server-down" is told by a host that answers. */
const wasAsked = (node: NodeObservation): boolean =>
  node.reachable || node.run !== undefined || node.code === "server-down";
const identityOf = (node: NodeObservation): string | undefined =>
  node.reachable
    ? serverIdentity(node.facts.variables.server_uuid ?? "", node.facts.variables.server_id ?? "")
    : undefined;

export const traced = (observation: PairObservation): readonly Traced[] =>
  sides.flatMap((side) => {
    const trace = traceOf(observation[side]);
    return trace ? [{ side, trace }] : [];
  });

export const isLive = ({ lock }: RunTrace): boolean =>
  lock !== undefined && !lock.ownerGone && lock.beatAgeSeconds <= limits.lockBeatAgeSecondsMax;

/**
 * From the nodes alone, without the engine's state. Trusted in this order: fence marker, donor's journal, recipient's
 * journal. Contents outweigh all of them: every row that takes a run up compares before it calls anything equal. Pure.
 */
export const reconcile = (observation: PairObservation): Reconciliation => {
  const traces = traced(observation);
  const live = traces.find(({ trace }) => isLive(trace));
  if (live) return { row: "live", state: live.trace.journal?.state ?? "S0", voids: [] };
  const fences = traces.filter(({ trace }) => trace.fence);
  const damaged = fences.find(({ trace }) => trace.fence?.runId === unreadable);
  if (damaged) return { row: "fence-damaged", side: damaged.side, state: "S4", voids: [] };
  if (fences.length > 1) return { row: "both-fenced", state: "S4", voids: [] };
  const standing = fences.filter((its) => isOfThese(observation, its));
  const foreign = fences.filter((its) => !standing.includes(its));
  const open = openJournals(traces);
  const voids = [
    ...foreign.map(({ trace }) => trace.fence?.runId ?? ""),
    ...open.filter((journal) => !isAbout(observation, journal)).map(({ runId }) => runId),
  ];
  const journals = open.filter((journal) => isAbout(observation, journal));
  if (standing[0]) return ofFence(standing[0], traces, journals, voids);
  // A run of these servers proves nothing beside it: the node that it fenced, or was about to, is not the one it was.
  if (foreign[0]) {
    const all = [...voids, ...journals.map(({ runId }) => runId)];
    return { row: "fence-of-another", side: foreign[0].side, state: "S0", voids: all };
  }
  return ofJournals(observation, traces, journals, voids);
};

/** Also where no server answers, so that nobody knows which of them is the donor. */
export const isRunUnfinished = (observation: PairObservation): boolean =>
  reconcile(observation).run !== undefined ||
  openJournals(traced(observation)).some((journal) => isAbout(observation, journal));

/** The end is written to one node after the other: a run whose end stands on one of them has ended. */
const openJournals = (traces: readonly Traced[]): readonly Journal[] => {
  const journals = traces.flatMap(({ trace }) => trace.journal ?? []);
  const ended = journals.filter(({ finished }) => finished).map(({ runId }) => runId);
  return journals.filter(({ runId }) => !ended.includes(runId));
};

export const unreadable = "unreadable";

/** The marker names this recipient and this donor; a server that does not answer is not called another. */
const isOfThese = (observation: PairObservation, { side, trace }: Traced): boolean => {
  const present = (its: Side, server: string | undefined): boolean =>
    identityOf(observation[its]) === undefined || identityOf(observation[its]) === server;
  return present(side, trace.fence?.recipient) && present(otherSide(side), trace.fence?.donor);
};

const isAbout = (observation: PairObservation, { donor, recipient }: Journal): boolean =>
  sides.every((side) => {
    const server = identityOf(observation[side]);
    return server === undefined || server === donor || server === recipient;
  });

/** Of one run the longer copy: it may hold one announcement more, and what was announced may have been done. */
const longest = (journals: readonly Journal[]): Journal | undefined =>
  journals.toSorted((a, b) => b.events - a.events)[0];

const ofFence = (
  { side, trace }: Traced,
  traces: readonly Traced[],
  open: readonly Journal[],
  voids: readonly string[],
): Reconciliation => {
  const runId = trace.fence?.runId ?? "";
  const journal = longest(traces.flatMap((its) => (its.trace.journal?.runId === runId ? [its.trace.journal] : [])));
  const others = [...voids, ...open.filter((its) => its.runId !== runId).map((its) => its.runId)];
  // A marker stands from before the reset: a journal that has not come so far is behind it.
  const state = journal ? ([journal.state, "S3"].toSorted().at(-1) ?? "S3") : "S4";
  const lastStep = journal?.lastStep ?? "fence";
  const run = { runId, state, lastStep, donor: otherSide(side), fenced: true, unproved: !journal, copyProved: false };
  return { row: journal ? fencedRow(state) : "journal-lost", state, run, voids: others };
};

const fencedRow = (state: string): Row => {
  const rows: Readonly<Record<string, Row>> = { S3: "finish-reset", S4: "clone-again", S5: "compare-then-wire" };
  return rows[state] ?? "verify-again";
};

const ofJournals = (
  observation: PairObservation,
  traces: readonly Traced[],
  open: readonly Journal[],
  voids: readonly string[],
): Reconciliation => {
  const runs = [...new Set(open.map(({ runId }) => runId))];
  const finished = longest(traces.flatMap(({ trace }) => (trace.journal?.finished ? [trace.journal] : [])));
  const lifted = open.find((journal) => unfencedRow(journal) === "fence-lifted");
  if (runs.length > 1 && !lifted) return { row: "two-runs", state: "S0", voids: [...voids, ...runs] };
  const journal = longest(lifted ? open.filter(({ runId }) => runId === lifted.runId) : open);
  const donor = sides.find((side) => journal && identityOf(observation[side]) === journal.donor);
  const recipient = sides.find((side) => journal && identityOf(observation[side]) === journal.recipient);
  const side = donor ?? (recipient && otherSide(recipient));
  if (!journal || !side) {
    const ended = finished && isAbout(observation, finished) ? endedHealthy(finished) : undefined;
    return { row: voids.length > 0 ? "void" : "clear", state: finished?.state ?? "S0", ended, voids };
  }
  const { runId, state, lastStep } = journal;
  const unfenced = unfencedRow(journal);
  // A recipient whose host was not asked may well bear its fence: nobody is said to have lifted it.
  const unseen = unfenced === "fence-lifted" && !wasAsked(observation[otherSide(side)]);
  const row = unseen ? fencedRow(state) : unfenced;
  const proofs = { unproved: row === "fence-lifted", copyProved: row === "verify-again" && journal.copyProved };
  const run = { runId, state, lastStep, donor: side, fenced: unseen, ...proofs };
  return { row, state, run, voids: [...voids, ...runs.filter((its) => its !== runId)] };
};

const endedHealthy = ({ runId, state, triggers }: Journal): EndedRun | undefined =>
  state === "S6" && triggers !== undefined ? { runId, triggers } : undefined;

/** No marker stands. The fence is announced before it is written, and the run itself removes it after its proofs. */
const unfencedRow = ({ state, destroying, lifting }: Journal): Row => {
  if (!destroying) return state === "S0" ? "start-anew" : "resume";
  return lifting ? "verify-again" : "fence-lifted";
};
