import { createHash } from "node:crypto";
import { vendor } from "../../providers/runbook/vendor.ts";

/**
 * Where a run is when a fault strikes. early: before the recipient's fence, edge: right after it, when the run may yet
 * be undone or not, late: after that.
 */
export interface Point {
  readonly name: string;
  readonly phase: "early" | "edge" | "late";
  /** Step that has just been done, or that is being done when `inside` is given. */
  readonly step: string;
  /** It has been announced in the journal and has perhaps not yet done anything. */
  readonly begun?: true;
  /** Share of the job's bytes that have passed. */
  readonly inside?: number;
  /** An instant that follows no step: share of the time that a run takes which nothing disturbs, from the start of the CLI. */
  readonly share?: number;
  /** Place of the step in the runbook. */
  readonly index: number;
}

const steps = vendor.map(({ id }) => id);
export const stepIndex = (id: string): number => steps.indexOf(id);
const fenceIndex = stepIndex("fence");
/** Steps with a detached job whose bytes can be counted. */
const withJob = ["backup", "clone"];
const shares = [0.1, 0.9];

const phaseOf = (index: number): Point["phase"] =>
  index < fenceIndex ? "early" : index === fenceIndex ? "edge" : "late";

/** Steps in whose first moment it is decided whether there is a way back, who serves, or whether the fence may fall. */
const turning = ["fence", "reset", "clone", "wire-donor"];

/** Every step boundary, the turning points, and both ends of every job; in the order in which a run meets them. */
export const points: readonly Point[] = steps.flatMap((step, index) => [
  ...(turning.includes(step)
    ? [{ name: `begun-${step}`, phase: phaseOf(index), step, begun: true, index } as const]
    : []),
  ...(withJob.includes(step)
    ? shares.map((inside): Point => {
        const phase = index <= fenceIndex ? "early" : "late";
        return { name: `${step}-${inside * 100}%`, phase, step, inside, index };
      })
    : []),
  { name: `after-${step}`, phase: phaseOf(index), step, index },
]);

/** Instants that follow from the seed and from nothing else. */
export const randomPoints = (seed: number, count: number): readonly Point[] =>
  Array.from({ length: count }, (_, index): Point => {
    const hash = createHash("sha256").update(`${seed} ${index}`).digest();
    const share = hash.readUInt32BE() / 2 ** 32;
    return {
      name: `${(share * 100).toFixed(1)} % (seed ${seed}, ${index + 1})`,
      phase: "edge",
      step: "",
      index,
      share,
    };
  });
