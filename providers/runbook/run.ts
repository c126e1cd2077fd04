import { setTimeout as pause } from "node:timers/promises";
import { LimitError, SqlError, UnreachableError } from "../errors.ts";
import { withLimit } from "../node/limit.ts";
import type { RunFailure } from "../report/run.ts";
import { secondsText } from "../report/units.ts";
import type { RunJournal } from "./run-journal.ts";
import type { Context, Facts, Step } from "./step.ts";
import { closeFenceAgain } from "./steps/fence.ts";
import { recipientUntilProved, serveFromDonor } from "./steps/stop-gateways.ts";
import { vendor } from "./vendor.ts";

/** What must hold before each step: the engine still answers, the lock is still ours, nobody asked to stop. */
export interface Controls {
  assertMayGoOn(next: string): Promise<void>;
  /** False: another run has the lock, or this process is about to end: nothing more may be done, not even an undo. */
  isOurs(): Promise<boolean>;
}

/** A step under the title that the plan has shown. */
export type TitledStep = Step & { readonly title: string };

export type RunOutcome =
  | { readonly ok: true; readonly facts: Facts }
  | {
      readonly ok: false;
      readonly facts: Facts;
      readonly failure: Omit<RunFailure, "serves" | "state" | "backup">;
      readonly halted: boolean;
    };

/** The only loop. Journal before the act; one failure ends it: undone before the point of no return, halted after it. */
export const runSteps = async (
  start: Context,
  steps: readonly TitledStep[],
  journal: RunJournal,
  controls: Controls,
): Promise<RunOutcome> => {
  let context = start;
  for (const [index, step] of steps.entries()) {
    const label = `step ${index + 1}/${steps.length}`;
    const { title } = step;
    const tell = (text: string, ephemeral?: boolean) => start.tell(`${label}: ${text}`, ephemeral);
    const note = async (facts: Partial<Facts>) => {
      context = { ...context, facts: { ...context.facts, ...facts } };
      await journal.record({ step: step.id, kind: "noted", facts });
    };
    context = { ...context, tell, note };
    const attempt = async (): Promise<void> => {
      await controls.assertMayGoOn(`${label}: ${title}`);
      const reason = await step.satisfied?.(context);
      if (reason !== undefined) {
        await tell(`${title}: skipped, ${reason}`);
        return journal.record({ step: step.id, kind: "skipped", reason });
      }
      await tell(title);
      await journal.record({ step: step.id, kind: "started" });
      const startedMs = performance.now();
      const facts = await inTime(step, context);
      // It may have taken long: whoever took the lock meanwhile has a journal of its own.
      await start.assertOurs();
      context = { ...context, facts: { ...context.facts, ...facts } };
      await journal.record({ step: step.id, kind: "succeeded", facts });
      await tell(`done in ${secondsText((performance.now() - startedMs) / 1000)}`, true);
    };
    try {
      await persistently(attempt, tell);
    } catch (error) {
      return await giveUp({ context, steps, index, error, journal, controls });
    }
  }
  return { ok: true, facts: context.facts };
};

/** After its limit a step may still be at work: it learns so when it next would journal or destroy anything. */
export const inTime = async (step: Step, context: Context): Promise<Partial<Facts>> => {
  let over = false;
  const unlessOver = async (): Promise<void> => {
    if (over) throw stepLimit(step);
  };
  const limited: Context = {
    ...context,
    note: (facts) => unlessOver().then(() => context.note(facts)),
    assertOurs: () => unlessOver().then(() => context.assertOurs()),
  };
  try {
    return await withLimit(step.run(limited), step.timeoutMs, () => stepLimit(step));
  } finally {
    over = true;
  }
};

const ATTEMPTS = 4;
const PAUSE_MS = 5_000;

/**
 * A connection that was lost, or that a full server refused (1040), is no failure yet: every step may be run again, as
 * it is by a run that resumes. Not before the host is asked anew, or the attempt would only hear the last error once more.
 */
export const persistently = async (
  attempt: () => Promise<void>,
  tell: (text: string) => Promise<void>,
): Promise<void> => {
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      const passes = (error instanceof UnreachableError || error instanceof SqlError) && error.retryable;
      if (!passes || count === ATTEMPTS) throw error;
      const pauseMs = Math.max(count * PAUSE_MS, (error.askedAgainAtMs ?? 0) - performance.now());
      await tell(`${error.message}; attempt ${count + 1} of ${ATTEMPTS} in ${Math.round(pauseMs / 1000)} s`);
      await pause(pauseMs);
    }
  }
};

const stepLimit = (step: Step): LimitError =>
  new LimitError(`it was not done within its limit of ${secondsText(step.timeoutMs / 1000)}`, {
    next: "run npx pulumi up again: it goes on from the journal",
  });

interface GivingUp {
  readonly context: Context;
  readonly steps: readonly Step[];
  readonly index: number;
  readonly error: unknown;
  readonly journal: RunJournal;
  readonly controls: Controls;
}

const giveUp = async (givingUp: GivingUp): Promise<RunOutcome> => {
  const { context, steps, index, error, journal, controls } = givingUp;
  const failed = steps[index] as Step;
  // In this attempt or an earlier one: once a log or a table was destroyed there is no way back: keep the fence and the evidence, let the donor serve.
  const halted = vendor.some((step) => step.destroys && journal.began(step.id));
  const also = (await controls.isOurs())
    ? await compensate(givingUp, halted)
    : ["this run is no longer in charge: nothing was undone"];
  const { node, next } = error as { node?: string; next?: string };
  const failure = {
    ...{ step: failed.id, stepNumber: index + 1, stepCount: steps.length, node, what: messageOf(error), also },
    next:
      next ??
      (halted || also.length > 0
        ? "mend what it names, then run npx pulumi up again: it goes on from the journal"
        : "mend what it names, then run npx pulumi up again: it starts anew"),
  };
  return { ok: false, facts: context.facts, failure, halted };
};

/** Undo, or the donor's return to service. Returns what went wrong in it; the first error stays first. */
const compensate = async (givingUp: GivingUp, halted: boolean): Promise<string[]> => {
  const { context, steps, index, error, journal } = givingUp;
  const also: string[] = [];
  const attempt = async (what: string, work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (second) {
      also.push(`${what} failed: ${messageOf(second)}`);
      return false;
    }
  };
  const step = (steps[index] as Step).id;
  await attempt("writing the journal", () => journal.record({ step, kind: "failed", fault: messageOf(error) }));
  if (halted) {
    // The last steps let logins in before the fence falls: a halt among them closes it again.
    await attempt("closing the fence", () => closeFenceAgain(context));
    // Past the fence: stopping the gateways once more has held it.
    if (context.facts.fenceLifted)
      await attempt("leaving the recipient as it is past the fence", () => recipientUntilProved(context));
    await attempt("bringing the gateways back on the donor", () => serveFromDonor(context));
    return also;
  }
  // Steps of an earlier attempt too: it may have left the gateways stopped.
  for (const its of steps.toReversed()) {
    if (!its.undo || !journal.began(its.id)) continue;
    await context.tell(`undoing ${its.id}`);
    const undone = await attempt(`undoing ${its.id}`, async () => {
      await its.undo?.(context).catch(async (second: unknown) => {
        await journal.record({ step: its.id, kind: "undo-failed", fault: messageOf(second) }).catch(() => {});
        throw second;
      });
    });
    if (undone)
      await attempt(`writing the journal of undoing ${its.id}`, () => journal.record({ step: its.id, kind: "undone" }));
  }
  return also;
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
