import type { NodeObservation, PairObservation, RunTrace } from "../observe/observation.ts";
import { otherSide, type Side } from "../pair.ts";
import type { UnfinishedRun } from "../plan/plan.ts";

const sides: readonly Side[] = ["primary", "secondary"];

/**
 * The run that was cut short, from the nodes alone: the fence marker first (its node is the recipient), then an
 * unfinished journal. Pure. Two fences are no run to resume: diagnose says so, and the plan refuses.
 */
export const unfinishedRun = (observation: PairObservation): UnfinishedRun | undefined => {
  const traces = Object.fromEntries(sides.map((side) => [side, traceOf(observation[side])])) as Traces;
  const fenced = sides.filter((side) => traces[side]?.fence);
  if (fenced.length > 1) return undefined;
  return fenced[0] ? ofFence(fenced[0], traces) : ofJournal(observation, traces);
};

type Traces = Readonly<Record<Side, RunTrace | undefined>>;

const traceOf = (node: NodeObservation): RunTrace | undefined => (node.reachable ? node.facts.run : node.run);

const ofFence = (recipient: Side, traces: Traces): UnfinishedRun => {
  const runId = traces[recipient]?.fence?.runId ?? "";
  const journal = sides.map((side) => traces[side]?.journal).find((its) => its?.runId === runId);
  return {
    runId,
    // A marker without its journal proves nothing of the copy: incomplete is the safe word.
    state: journal?.state ?? "S4",
    lastStep: journal?.lastStep ?? "fence",
    donor: otherSide(recipient),
    fenced: true,
  };
};

const ofJournal = (observation: PairObservation, traces: Traces): UnfinishedRun | undefined => {
  const journal = sides.map((side) => traces[side]?.journal).find((its) => its && !its.finished);
  const donor = sides.find((side) => journal && uuidOf(observation[side]) === journal.donorUuid);
  // Its donor is no longer here: the journal is of other servers, and void.
  if (!journal || !donor) return undefined;
  return { runId: journal.runId, state: journal.state, lastStep: journal.lastStep, donor, fenced: false };
};

const uuidOf = (node: NodeObservation): string | undefined =>
  node.reachable ? node.facts.variables.server_uuid : undefined;
