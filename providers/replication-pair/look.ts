import { setTimeout as pause } from "node:timers/promises";
import { diagnose } from "../diagnose/diagnose.ts";
import type { Finding, Health } from "../diagnose/finding.ts";
import { health as healthOf } from "../diagnose/health.ts";
import type { NodeObservation, PairObservation } from "../observe/observation.ts";
import { observePair } from "../observe/observe.ts";
import { databaseNodes, type Pair, type Side } from "../pair.ts";
import { type NodeSummary, needsAttention, type Observed } from "../plan/plan.ts";
import { preflightRefusals } from "../plan/preflight.ts";
import { unfinishedRun } from "../runbook/reconcile.ts";
import { readRunTrace } from "../runbook/run-trace.ts";
import type { OpenedPair } from "./open-pair.ts";

/** A pair is called broken only when several looks agree: one bad sample may be a reconnect. */
const LOOKS = 2;
const BETWEEN_LOOKS_MS = 2_000;
/** Tables that the server estimates larger are not compared in a look; the runbook compares all of them. */
const CONTENT_ROWS_MAX = 100_000;
const CONTENT_LIMIT_MS = 20_000;
/** A broken link carries nothing over: rows on their way are waited for only so long. */
const CATCH_UP_MS = 500;

export interface Seen {
  readonly health: Health;
  readonly observed: Observed;
}

/** Observe, then diagnose; again where something is wrong, keeping what both looks found. Reads only. */
export const look = async (opened: OpenedPair): Promise<Seen> => {
  let observation = await observe(opened, false);
  let findings = diagnose(observation, opened.profile, opened.pair);
  for (let count = 1; count < LOOKS && findings.some(needsAttention); count += 1) {
    await pause(BETWEEN_LOOKS_MS);
    observation = await observe(opened, true);
    findings = confirmed(findings, diagnose(observation, opened.profile, opened.pair));
  }
  return { health: healthOf(findings), observed: summary(opened.pair, observation) };
};

/** Contents are compared only where something is wrong: then it matters what the recipient alone has. */
const observe = (opened: OpenedPair, withContents: boolean): Promise<PairObservation> =>
  observePair(opened.pair, opened, {
    readRunTrace,
    contents: !withContents
      ? undefined
      : {
          donor: opened.pair.policy.donor,
          live: true,
          limits: { tableRowsMax: CONTENT_ROWS_MAX, totalTimeoutMs: CONTENT_LIMIT_MS, catchUpMs: CATCH_UP_MS },
        },
  });

/** The later words, for what was found before as well; a finding that needs attention must be seen twice. */
const confirmed = (before: readonly Finding[], after: readonly Finding[]): readonly Finding[] =>
  after.filter((finding) => !needsAttention(finding) || before.some(({ subject }) => subject === finding.subject));

const summary = (pair: Pair, observation: PairObservation): Observed => {
  const [primary, secondary] = databaseNodes(pair).map(({ name, side }) => nodeSummary(name, observation[side]));
  const nodes = { primary, secondary } as Record<Side, NodeSummary>;
  return {
    nodes,
    gatewaysRunning: observation.hosts.filter(({ processes }) => processes > 0).map(({ name }) => name),
    unfinishedRun: unfinishedRun(observation),
    refusals: preflightRefusals(pair, observation, pair.policy.donor),
  };
};

const nodeSummary = (name: string, node: NodeObservation): NodeSummary => {
  if (!node.reachable) return { name, bytes: 0 };
  const { version, variables, schemaBytes } = node.facts;
  const bytes = Object.values(schemaBytes).reduce((sum, size) => sum + size, 0);
  return { name, version, serverUuid: variables.server_uuid, bytes };
};
