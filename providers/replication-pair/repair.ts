import { randomBytes } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { SafetyError } from "../errors.ts";
import { databaseNodes } from "../pair.ts";
import { changedSince } from "../plan/changed-since.ts";
import { makePlan } from "../plan/make-plan.ts";
import type { Plan } from "../plan/plan.ts";
import { errorText } from "../report/error.ts";
import { healthText } from "../report/health.ts";
import { planText } from "../report/plan.ts";
import { failureText, runText } from "../report/run.ts";
import { takeLock } from "../runbook/lock.ts";
import { type Performed, type PerformRequest, perform } from "../runbook/perform.ts";
import { serveMeanwhile } from "../runbook/serve-meanwhile.ts";
import { say } from "./engine-log.ts";
import { look, type Seen } from "./look.ts";
import type { OpenedPair } from "./open-pair.ts";
import { type Outputs, type Props, stored, triggered, triggersDigest } from "./state.ts";

export interface RepairRequest {
  readonly id: string;
  readonly inputs: Props;
  readonly opened: OpenedPair;
  readonly seen: Seen;
  readonly forced: boolean;
  /** Absent: nothing was planned from a state before. */
  readonly olds: Outputs | undefined;
  /** See PerformRequest. */
  readonly leaving: AbortSignal;
}

/** Plans from what is so now, runs the plan, looks again. Ends healthy, or throws what the engine stores as a failed update. */
export const repair = async (request: RepairRequest): Promise<Outputs> => {
  const { opened, inputs, seen, forced } = request;
  const { pair } = opened;
  const plan = makePlan({ ...seen, policy: pair.policy, forced });
  const work: PerformRequest = {
    ...{ plan, pair, profile: opened.profile, reach: opened, gatewayShells: opened.gatewayShells },
    owner: thisProcess(),
    newRunId: newRunId(),
    triggers: triggersDigest(request.olds, inputs),
    leaving: request.leaving,
    say: (text, ephemeral = false) => say(inputs.self, { text, ephemeral }),
  };
  if (plan.refusals.length > 0)
    throw failed(request, seen, [planText(plan, pair), ...(await serveMeanwhile(work))].join("\n"));
  refuseUnseenPlan(request, plan);
  await say(inputs.self, { text: planText(plan, pair) });
  const performed = await perform(work).catch((error: unknown) => notBegun(request, work, error));
  const after = await look(opened);
  const lastRun = performed.report;
  if (performed.failure) throw failed(request, after, failureText(performed.failure), performed);
  if (after.health.state !== "replicating" && after.health.state !== "degraded")
    throw failed(request, after, `${runText(lastRun)}\nand yet the pair is ${healthText(after.health)}`, performed);
  await say(inputs.self, { text: runText(lastRun) });
  return stored({ ...inputs, ...after, lastRun });
};

/** No lock, or no journal: gateways that an earlier attempt has stopped do not wait for that. */
const notBegun = async (request: RepairRequest, work: PerformRequest, error: unknown): Promise<never> => {
  if (!work.plan.resumes || work.leaving.aborted) throw error;
  throw failed(request, request.seen, [errorText(error), work.plan.why, ...(await serveMeanwhile(work))].join("\n"));
};

const thisProcess = (): string => `${userInfo().username}@${hostname()} pid ${process.pid}`;

/** Lets go of what a run holds that has come to its end and is gone. SafetyError where it is not. */
export const releaseLeft = async (opened: OpenedPair, runId: string): Promise<void> => {
  const shells = await Promise.all(databaseNodes(opened.pair).map((node) => opened.shell(node)));
  const lock = await takeLock(shells, { runId, owner: thisProcess() });
  await lock.release();
};

/** What was shown is what runs. The plan that was shown is made again, from the state that it was made from. */
const refuseUnseenPlan = ({ olds, inputs, opened, seen }: RepairRequest, plan: Plan): void => {
  if (!olds?.observed || !olds.health) return;
  const { health, observed } = olds;
  const forced = triggered(olds, inputs, observed) === "yes";
  const shown = makePlan({ health, observed, policy: opened.pair.policy, forced });
  const change = changedSince({ plan: shown, observed }, { plan, observed: seen.observed });
  if (change === undefined) return;
  throw new SafetyError(
    `the pair has changed since the preview: ${change} (${healthText(seen.health)}); nothing was touched`,
    { next: "npx pulumi refresh, then npx pulumi up: the preview shows the new plan" },
  );
};

/** "20261125T040800Z-1a2b3c4d": sorts by time; its end names this run's accounts. */
const newRunId = (): string =>
  `${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}-${randomBytes(4).toString("hex")}`;

/** The engine stores `properties` and shows `reasons`. __provider must be carried along: it is added to results only. */
const failed = ({ id, inputs, forced, olds }: RepairRequest, after: Seen, why: string, performed?: Performed): Error =>
  Object.assign(new Error(why), {
    id,
    // A forced run that failed is still owed: its triggers count as changed at the next up.
    properties: stored({
      ...inputs,
      ...(forced && olds ? { pair: olds.pair } : {}),
      ...after,
      lastRun: performed?.report ?? olds?.lastRun ?? null,
    }),
    reasons: [why],
  });
