import { refusesReinitialise } from "../diagnose/configuration.ts";
import type { Finding } from "../diagnose/finding.ts";
import { nextMove } from "../diagnose/next-moves.ts";
import type { UnfinishedRun } from "../diagnose/reconcile.ts";
import { otherSide, type RemedyKind, type Side } from "../pair.ts";
import { cloneSeconds, fixedSeconds } from "./estimate.ts";
import {
  ladder,
  needsAttention,
  type Plan,
  type PlanInput,
  type PlannedStep,
  type Refusal,
  refusalOf,
} from "./plan.ts";
import { finishingSteps, type MildRemedy, mildStep, proveLinks, vendorSteps } from "./procedures.ts";

/** From findings and policy to the mildest remedy that helps. Pure: preview, up and the report show the same plan. */
export const makePlan = (input: PlanInput): Plan => {
  const { health, observed, policy } = input;
  const resumes = observed.unfinishedRun;
  const causes = health.findings.filter(needsAttention);
  const remedy = chooseRemedy(input, causes);
  // A run that was cut short keeps its direction: the recipient may already be incomplete.
  const donor = resumes?.donor ?? policy.donor;
  const bytes = observed.nodes[donor].bytes;
  const reinitialises = remedy === "reinitialise";
  // The copy was proved: only the end of that run is missing. Its last step starts threads that stand still.
  const onlyFinishes = resumes?.copyProved === true && causes.every((finding) => finding.remedy === "start-threads");
  const overwrites = reinitialises && !onlyFinishes;
  return {
    remedy,
    why: whyText(input, causes),
    notMilder: notMilder(remedy, causes, input.forced),
    donor,
    recipient: otherSide(donor),
    steps: remedy === "none" ? [] : reinitialises ? (onlyFinishes ? finishingSteps : vendorSteps) : mildSteps(causes),
    overwrites,
    bytes,
    estimatedSeconds: overwrites
      ? fixedSeconds.backup + fixedSeconds.outage + 2 * cloneSeconds(bytes)
      : fixedSeconds.mild,
    outageSeconds: overwrites ? fixedSeconds.outage + cloneSeconds(bytes) : 0,
    refusals: refusals(input, causes, remedy),
    warnings: health.findings
      .filter((finding) => finding.severity === "degraded")
      .map((finding) => `${finding.subject}: ${finding.sentence}`),
    resumes,
    voids: observed.voidRuns,
  };
};

const chooseRemedy = (input: PlanInput, causes: readonly Finding[]): RemedyKind | "none" => {
  // Whatever the links look like now: a run that was cut short may have left the gateways stopped.
  if (input.forced || input.observed.unfinishedRun) return "reinitialise";
  const rungs = causes.map((finding) => ladder.indexOf(finding.remedy as RemedyKind));
  return ladder[Math.max(-1, ...rungs)] ?? "none";
};

const whyText = (input: PlanInput, causes: readonly Finding[]): string => {
  const run = input.observed.unfinishedRun;
  if (run) return `run ${run.runId} was cut short in state ${run.state} after step ${run.lastStep}`;
  if (causes.length > 0) return causes.map((finding) => `${finding.subject}: ${finding.sentence}`).join("; ");
  return input.forced ? "the triggers changed: a reinitialisation is asked for" : "the pair is healthy";
};

const notMilder = (remedy: RemedyKind | "none", causes: readonly Finding[], forced: boolean): readonly string[] =>
  remedy === "none" || forced
    ? []
    : causes
        .filter((finding) => finding.remedy === remedy && ladder.indexOf(remedy) > 0)
        .map((finding) => `${finding.subject}: ${finding.advice}`);

/** One step per side and rung, mildest first. A server that was down is waited for by both links: both start anew. */
const mildSteps = (causes: readonly Finding[]): readonly PlannedStep[] => {
  const serverStarts = causes.some(({ remedy }) => remedy === "start-server");
  const steps = ladder.flatMap((kind) => {
    const sides =
      serverStarts && kind === "start-threads" ? bothSides : sidesOf(causes.filter(({ remedy }) => remedy === kind));
    return sides.map((side) => mildStep(kind as MildRemedy, side));
  });
  return [...steps, proveLinks];
};

const bothSides: readonly Side[] = ["primary", "secondary"];

const sidesOf = (findings: readonly Finding[]): readonly Side[] =>
  bothSides.filter((side) =>
    findings.some(({ subject }) => subject === side || subject === `link-${side}` || subject === "pair"),
  );

const refusals = (input: PlanInput, causes: readonly Finding[], remedy: RemedyKind | "none"): readonly Refusal[] => {
  const reinitialises = remedy === "reinitialise";
  const resumes = input.observed.unfinishedRun;
  const cannotAsk = causes.filter(({ severity, code }) => severity === "unknown" || code === "server-down");
  if (resumes?.unproved && input.policy.confirmedRun !== resumes.runId)
    return [unconfirmed(input, resumes), ...cannotAsk.map(refusalOf)];
  // Before the fence a run that must not go on has to be undone, and only a run does that: its preflight refuses.
  if (resumes && !resumes.fenced) return cannotAsk.map(refusalOf);
  return [
    ...causes.filter((finding) => speaksAgainst(finding, reinitialises)).map(refusalOf),
    ...(reinitialises ? input.observed.refusals : []),
    ...(remedy === "none" || resumes || input.policy.remedies.includes(remedy) ? [] : [forbidden(input, remedy)]),
  ];
};

const unconfirmed = ({ observed }: PlanInput, { runId, donor, state, fenced }: UnfinishedRun): Refusal => ({
  code: "run-unconfirmed",
  subject: "pair",
  message: `run ${runId} was cut short in state ${state}, and ${fenced ? "its journal is lost" : "its fence was lifted by hand"}: to go on overwrites ${observed.nodes[otherSide(donor)].name} from ${observed.nodes[donor].name}`,
  hint: nextMove(fenced ? "journal-lost" : "fence-lifted", runId),
});

/**
 * A reinitialisation makes both links anew, so what ails a link alone is no reason against it; settings that are one
 * stand among the refusals of the observation.
 */
const speaksAgainst = ({ code, severity, remedy, subject }: Finding, reinitialises: boolean): boolean => {
  if (severity === "unknown") return true;
  // Confirmed by the operator, or it would have been refused before.
  if (confirmable.includes(code)) return false;
  if (reinitialises && (subject.startsWith("link-") || refusesReinitialise.includes(code))) return false;
  return remedy === "none";
};

const confirmable: readonly string[] = ["fence-without-journal", "fence-lifted-by-hand"];

const forbidden = ({ policy }: PlanInput, remedy: RemedyKind): Refusal => ({
  code: "policy-forbids-remedy",
  subject: "pair",
  message: `the remedy is ${remedy}, and policy.remedies allows only ${policy.remedies.join(", ") || "nothing"}`,
  hint: `add ${remedy} to replication-pair:policy.remedies, or mend the pair by hand`,
});
