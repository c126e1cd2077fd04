import { setTimeout as pause } from "node:timers/promises";
import { diagnose } from "../diagnose/diagnose.ts";
import type { Finding, Health } from "../diagnose/finding.ts";
import { health as healthOf } from "../diagnose/health.ts";
import { isLive, reconcile, traced } from "../diagnose/reconcile.ts";
import { runLook } from "../diagnose/run-traces.ts";
import type { CompareOptions } from "../observe/comparison.ts";
import type { NodeObservation, PairObservation } from "../observe/observation.ts";
import { observePair } from "../observe/observe.ts";
import { databaseNodes, otherSide, type Pair, type Side } from "../pair.ts";
import { type NodeSummary, needsAttention, type Observed } from "../plan/plan.ts";
import { preflightRefusals } from "../plan/preflight.ts";
import { untilSilent } from "../runbook/lock.ts";
import { readRunTrace } from "../runbook/run-trace.ts";
import { say } from "./engine-log.ts";
import type { OpenedPair } from "./open-pair.ts";

/** A pair is called broken only when several looks agree: one bad sample may be a reconnect. */
const LOOKS = 2;
const BETWEEN_LOOKS_MS = 2_000;
/** Tables that the server estimates larger are not compared in a look; the runbook compares all of them. */
const CONTENT_ROWS_MAX = 100_000;
const CONTENT_LIMIT_MS = 20_000;
/** How long rows on their way to the recipient are waited for. */
const CATCH_UP_MS = 5_000;

export interface Seen {
  readonly health: Health;
  readonly observed: Observed;
}

/** Observe, then diagnose; again where something is wrong, keeping what both looks found. Reads only. */
export const look = async (opened: OpenedPair): Promise<Seen> => {
  let observation = await observePair(opened.pair, opened, { readRunTrace });
  let findings = diagnose(observation, opened.profile, opened.pair);
  for (let count = 1; count < LOOKS && findings.some(needsAttention); count += 1) {
    await pause(BETWEEN_LOOKS_MS);
    observation = await observePair(opened.pair, opened, {
      readRunTrace,
      contents: comparison(opened.pair, observation),
    });
    findings = confirmed(findings, diagnose(observation, opened.profile, opened.pair));
  }
  return { health: healthOf(findings, runLook(observation)), observed: summary(opened.pair, observation) };
};

/**
 * For whoever wants to act: the lock of a runner that died a moment ago still looks fresh, and is waited out. SafetyError
 * where the run is alive.
 */
export const lookOnceQuiet = async (opened: OpenedPair, urn: string): Promise<Seen> => {
  const seen = await look(opened);
  if (!seen.health.findings.some(({ code }) => code === "run-in-progress")) return seen;
  const shells = await Promise.all(databaseNodes(opened.pair).map((node) => opened.shell(node)));
  await untilSilent(shells, (text) => void say(urn, { text }));
  return look(opened);
};

/**
 * Contents are compared only where something is wrong: then it matters what the recipient alone has. While its link
 * carries rows over, doubtful ones are looked at twice; while it stands, nothing is on its way.
 */
const comparison = (pair: Pair, seen: PairObservation): CompareOptions => {
  const { donor } = pair.policy;
  const recipient = seen[otherSide(donor)];
  const link = recipient.reachable ? recipient.facts.replicas[0] : undefined;
  return {
    donor,
    live: link?.io.state === "running" && link.sql.state === "running",
    limits: { tableRowsMax: CONTENT_ROWS_MAX, totalTimeoutMs: CONTENT_LIMIT_MS, catchUpMs: CATCH_UP_MS },
  };
};

/** What needs attention must be seen twice; contents are compared in later looks only. */
const confirmed = (before: readonly Finding[], after: readonly Finding[]): readonly Finding[] =>
  after.filter(
    (finding) =>
      !needsAttention(finding) ||
      contentsCodes.includes(finding.code) ||
      before.some(({ subject }) => subject === finding.subject),
  );

const contentsCodes: readonly string[] = ["recipient-only-rows", "contents-differ"];

const summary = (pair: Pair, observation: PairObservation): Observed => {
  const [primary, secondary] = databaseNodes(pair).map(({ name, side }) => nodeSummary(name, observation[side]));
  const nodes = { primary, secondary } as Record<Side, NodeSummary>;
  const { run, ended, voids } = reconcile(observation);
  return {
    nodes,
    gatewaysRunning: observation.hosts.filter(({ processes }) => processes > 0).map(({ name }) => name),
    unfinishedRun: run,
    endedRun: ended,
    lockLeft: traced(observation).find(({ trace }) => trace.lock && !isLive(trace))?.trace.lock?.runId,
    voidRuns: voids,
    refusals: preflightRefusals(pair, observation, { donor: pair.policy.donor, resumes: run !== undefined }),
  };
};

const nodeSummary = (name: string, node: NodeObservation): NodeSummary => {
  if (!node.reachable) return { name, bytes: 0 };
  const { version, variables, schemaBytes } = node.facts;
  const bytes = Object.values(schemaBytes).reduce((sum, size) => sum + size, 0);
  return { name, version, serverUuid: variables.server_uuid, bytes };
};
