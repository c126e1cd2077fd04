import type { Context } from "./step.ts";

/**
 * This run itself has put up the fence that stands: it finishes, whatever the hour. One that only found it (its journal is
 * lost, or it was put up for other servers) has stopped nothing yet.
 */
export const isPastFence = ({ plan, facts }: Pick<Context, "plan" | "facts">): boolean =>
  plan.resumes?.fenced === true && (facts.compared ?? facts.donorPosition) !== undefined;
