import type { Side } from "../pair.ts";
import { ladder, type Observed, type Plan } from "./plan.ts";

/** A plan and the look that it was made from. */
export interface Planned {
  readonly plan: Plan;
  readonly observed: Observed;
}

/**
 * Why a plan may not run in the place of the one that was shown; undefined: it is the same in all that was agreed to:
 * nothing stronger, the same side kept, the same two servers. How far an unfinished run has got may have changed.
 */
export const changedSince = (shown: Planned, now: Planned): string | undefined => {
  const { plan } = now;
  if (plan.remedy === "none") return undefined;
  if (rung(plan.remedy) > rung(shown.plan.remedy))
    return `planned was ${shown.plan.remedy}, now it takes ${plan.remedy}`;
  if (plan.overwrites && !shown.plan.overwrites)
    return `planned was to overwrite nothing, now ${now.observed.nodes[plan.recipient].name} would be overwritten`;
  if (plan.remedy === "reinitialise" && plan.donor !== shown.plan.donor)
    return `planned was to keep ${shown.observed.nodes[shown.plan.donor].name}, now ${now.observed.nodes[plan.donor].name} would be kept`;
  const moved = sides.find((side) =>
    otherServer(shown.observed.nodes[side].serverUuid, now.observed.nodes[side].serverUuid),
  );
  return moved && `${now.observed.nodes[moved].name} is another server (server_uuid) than the one that was looked at`;
};

const sides: readonly Side[] = ["primary", "secondary"];

const rung = (remedy: Plan["remedy"]): number => (remedy === "none" ? -1 : ladder.indexOf(remedy));

/** One that could not be asked is no other one: what it needs was planned from its absence. */
const otherServer = (before: string | undefined, now: string | undefined): boolean =>
  before !== undefined && now !== undefined && before !== now;
