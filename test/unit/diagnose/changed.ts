import assert from "node:assert/strict";
import { diagnose } from "../../../providers/diagnose/diagnose.ts";
import type { Finding } from "../../../providers/diagnose/finding.ts";
import type { ReplicaStatus } from "../../../providers/mysql/replica-status.ts";
import type { NodeFacts, NodeObservation, PairObservation } from "../../../providers/observe/observation.ts";
import type { Pair, Side } from "../../../providers/pair.ts";
import { profileOf } from "../../../providers/profile/profile-of.ts";
import { capturedPair, pairOf } from "./captured.ts";

/** Rules for which no server was broken: a captured healthy pair, changed in one place. */
const flavour = "mysql97-gtid";
export const pair = pairOf(flavour, "healthy");
export const healthy = capturedPair(flavour, "healthy");

export const factsOf = (observation: PairObservation, side: Side): NodeFacts => {
  const node = observation[side];
  assert.ok(node.reachable);
  return node.facts;
};

export const withFacts = (side: Side, change: Partial<NodeFacts>, from = healthy): PairObservation => {
  const node: NodeObservation = { reachable: true, facts: { ...factsOf(from, side), ...change } };
  return { ...from, [side]: node };
};

export const withVariables = (side: Side, change: Readonly<Record<string, string>>, from = healthy): PairObservation =>
  withFacts(side, { variables: { ...factsOf(from, side).variables, ...change } }, from);

export const withStatus = (side: Side, change: Partial<ReplicaStatus>, from = healthy): PairObservation => {
  const [status] = factsOf(from, side).replicas;
  assert.ok(status);
  return withFacts(side, { replicas: [{ ...status, ...change }] }, from);
};

export const findings = (observation: PairObservation, configured: Pair = pair): readonly Finding[] =>
  diagnose(observation, profileOf(configured.profile), configured);

export const one = (observation: PairObservation, configured: Pair = pair): Finding => {
  const found = findings(observation, configured);
  assert.deepEqual(found.map(({ code }) => code).length, 1, JSON.stringify(found, undefined, 1));
  return found[0] as Finding;
};

export const brief = ({ subject, code, severity, remedy }: Finding): string =>
  `${subject} ${code} ${severity} ${remedy}`;

export const down = (code: string): NodeObservation => ({ reachable: false, reason: "connect ECONNREFUSED", code });
