import { randomBytes } from "node:crypto";
import { SafetyError } from "../errors.ts";
import type { Reach } from "../observe/observe.ts";
import type { Pair, Side } from "../pair.ts";
import type { Plan, PlannedStep } from "../plan/plan.ts";
import { isMild } from "../plan/procedures.ts";
import type { Profile } from "../profile/profile.ts";
import type { RunFailure, RunReport } from "../report/run.ts";
import { stateText } from "../report/states.ts";
import { controlsOf } from "./controls.ts";
import { createGuard } from "./guard.ts";
import { takeLock } from "./lock.ts";
import { mildStep, proveLinksStep } from "./mild.ts";
import { type RunOutcome, runSteps, type TitledStep } from "./run.ts";
import { openRunJournal, type RunJournal } from "./run-journal.ts";
import { servesText } from "./serves.ts";
import { startServer } from "./start-server.ts";
import type { Context, GatewayHostShell, Step } from "./step.ts";
import { vendor } from "./vendor.ts";

export interface PerformRequest {
  readonly plan: Plan;
  readonly pair: Pair;
  readonly profile: Profile;
  readonly reach: Reach;
  readonly gatewayShells: () => Promise<readonly GatewayHostShell[]>;
  /** Who runs it, for the lock: user@host pid n. */
  readonly owner: string;
  readonly newRunId: string;
  /** Digest of the change of triggers, for the journal. */
  readonly triggers: string;
  /** Aborted: this process is about to end, and its connections with it. */
  readonly leaving: AbortSignal;
  /** False: the engine is gone. */
  readonly say: (text: string, ephemeral?: boolean) => Promise<boolean>;
}

export interface Performed {
  readonly report: RunReport;
  /** Absent: every step succeeded. */
  readonly failure?: RunFailure | undefined;
}

/** Lock, journal, the steps of the plan, and what to say when one of them failed. */
export const perform = async (request: PerformRequest): Promise<Performed> => {
  const { plan, pair, reach, owner, leaving } = request;
  for (const { id, side } of plan.steps) if (id === "start-server" && side) await startDown(request, side);
  const nodes = { primary: await reach.node(pair.primary), secondary: await reach.node(pair.secondary) };
  const runId = plan.resumes?.runId ?? request.newRunId;
  const tell = async (text: string, ephemeral?: boolean) => void (await request.say(text, ephemeral));
  const [donor, recipient] = [nodes[plan.donor], nodes[plan.recipient]];
  const hosts = await request.gatewayShells();
  const guard = createGuard({ runId, donor, recipient, hosts, limitSeconds: pair.policy.guardSeconds, tell });
  const lock = await takeLock([nodes.primary, nodes.secondary], { runId, owner, tell: (text) => void tell(text) });
  try {
    const journal = await openRunJournal({ plan, runId, triggers: request.triggers, donor, recipient, tell });
    const controls = controlsOf({ lock, guard, leaving, say: request.say });
    const context: Context = {
      ...{ pair, profile: request.profile, plan, runId, reach, donor, recipient, hosts, guard, tell },
      node: (side: Side) => nodes[side],
      facts: journal.facts,
      // Mixed kinds of characters, for servers that check the strength of passwords; at most 32 (replication takes no more).
      accountPassword: `rP1_${randomBytes(18).toString("base64url")}`,
      note: async () => {},
      assertOurs: controls.assertOurs,
    };
    const startedMs = performance.now();
    const outcome = await runSteps(context, stepsOf(plan), journal, controls);
    const now = { ...context, facts: outcome.facts };
    const failure = outcome.ok ? undefined : await explain(now, outcome.failure, journal);
    const ended = outcomeWord(outcome, plan);
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    const performed = { report: reportOf({ context: now, journal, seconds, outcome: ended }), failure };
    return ended === "healthy" || ended === "undone" ? await close(now, journal, performed) : performed;
  } finally {
    guard.leave();
    // What this process has begun may go on when it is gone: its lock then stays.
    if (!leaving.aborted) await lock.release();
  }
};

/** What has happened stays so, whether or not its end could be written; where it stands on no node, nobody would know. */
const close = async (context: Context, journal: RunJournal, { report, failure }: Performed): Promise<Performed> => {
  const [what, ...others] = (await journal.close()).map(
    ({ message }) => `the end of the run was not written: ${message}`,
  );
  if (what === undefined) return { report, failure };
  if (failure) return { report, failure: { ...failure, also: [...failure.also, what, ...others] } };
  if (others.length === 0) {
    await context.tell(what);
    return { report };
  }
  const last = { step: "verify", stepNumber: context.plan.steps.length, stepCount: context.plan.steps.length };
  const next = "mend what it names, then run npx pulumi up again: it proves the pair once more";
  return {
    report: { ...report, outcome: "failed" },
    failure: await explain(context, { ...last, what, also: others, next }, journal),
  };
};

const startDown = async ({ pair, reach, say }: PerformRequest, side: Side): Promise<void> => {
  await say(`${pair[side].name}: starting its MySQL server`);
  await startServer(pair[side], reach);
};

/** start-server comes before any SQL, so before lock and journal: see startDown. */
const stepsOf = (plan: Plan): readonly TitledStep[] =>
  plan.steps.filter(({ id }) => id !== "start-server").map((planned) => ({ ...stepOf(planned), title: planned.title }));

const stepOf = ({ id, side }: PlannedStep): Step => {
  if ((id === "start-threads" || id === "repoint") && side) return mildStep(id, side);
  const step = [...vendor, proveLinksStep].find((its) => its.id === id);
  if (!step) throw new SafetyError(`the plan names a step "${id}" that this version does not know`);
  return step;
};

/** A failed undo leaves the journal open: the next run undoes or finishes. */
const outcomeWord = (outcome: RunOutcome, plan: Plan): RunReport["outcome"] => {
  if (outcome.ok) return "healthy";
  if (outcome.halted) return "halted";
  return outcome.failure.also.length > 0 || isMild(plan) ? "failed" : "undone";
};

type Failure = Extract<RunOutcome, { ok: false }>["failure"];

const explain = async (context: Context, failure: Failure, journal: RunJournal): Promise<RunFailure> => ({
  ...failure,
  state: isMild(context.plan)
    ? "no data was touched; a link may be stopped: npx pulumi refresh tells"
    : stateText(journal.state()),
  serves: await servesText(context),
  backup: context.facts.backup
    ? `${context.facts.backup.file} on ${context.donor.host.name}`
    : "none was made in this run",
});

interface Ended {
  readonly context: Context;
  readonly journal: RunJournal;
  readonly seconds: number;
  readonly outcome: RunReport["outcome"];
}

const reportOf = ({ context, journal, seconds, outcome }: Ended): RunReport => ({
  ...{ runId: context.runId, remedy: context.plan.remedy as RunReport["remedy"], seconds, outcome },
  donor: context.donor.host.name,
  recipient: context.recipient.host.name,
  startedAt: journal.startedAt,
  steps: journal.outcomes(),
  backupFile: context.facts.backup?.file,
  savedRowsFiles: context.facts.savedRows,
  clonedBytes: context.facts.clone?.bytes,
});
