import type { ReplicaStatus } from "../mysql/replica-status.ts";
import type { LinkSample, NodeFacts, NodeObservation, PairObservation } from "../observe/observation.ts";
import { type DatabaseNode, otherSide, type Pair, type Side } from "../pair.ts";
import type { Profile } from "../profile/profile.ts";
import type { Finding } from "./finding.ts";
import { redacted } from "./server-words.ts";

/** One link as its rules see it. */
export interface LinkView {
  /** "secondary <- primary": replica, then source. */
  readonly name: string;
  readonly subject: "link-primary" | "link-secondary";
  readonly replica: NodeFacts;
  readonly sourceNode: NodeObservation;
  /** Absent: the source could not be asked. */
  readonly source: NodeFacts | undefined;
  /** How the source is reached, as configured. */
  readonly address: DatabaseNode["replication"];
  /** Absent: the replica has no link. */
  readonly status: ReplicaStatus | undefined;
  readonly sample: LinkSample | undefined;
  /** The recipient is asked before the donor: only its numbers may be compared with those of its source. */
  readonly replicaIsRecipient: boolean;
  readonly profile: Profile;
}

/** undefined: the replica could not be asked, so nothing is known of the link. */
export const linkView = (
  observation: PairObservation,
  pair: Pair,
  profile: Profile,
  side: Side,
): LinkView | undefined => {
  const replica = observation[side];
  const sourceSide = otherSide(side);
  const sourceNode = observation[sourceSide];
  if (!replica.reachable) return undefined;
  return {
    name: `${side} <- ${sourceSide}`,
    subject: `link-${side}`,
    replica: replica.facts,
    sourceNode,
    source: sourceNode.reachable ? asSource(sourceNode.facts) : undefined,
    address: pair[sourceSide].replication,
    status: linkStatus(replica.facts.replicas, pair[sourceSide].replication),
    sample: observation.links[side],
    replicaIsRecipient: pair.policy.donor !== side,
    profile,
  };
};

/** What the source had after the replica was asked: else a write in between looks like a transaction that it lacks. */
const asSource = (facts: NodeFacts): NodeFacts => ({ ...facts, log: facts.logAfter ?? facts.log });

/** The unnamed channel; else the one that reads from the peer. Further channels are a finding of the configuration. */
const linkStatus = (rows: readonly ReplicaStatus[], { host, port }: LinkView["address"]): ReplicaStatus | undefined => {
  const configured = rows.filter(({ sourceHost }) => sourceHost !== "");
  return (
    configured.find(({ channel }) => channel === "") ??
    configured.find(({ sourceHost, sourcePort }) => sourceHost === host && sourcePort === port)
  );
};

export const linkFinding = (
  view: LinkView,
  {
    what,
    evidence,
    severity = "broken",
    ...rest
  }: Pick<Finding, "code" | "remedy" | "advice" | "evidence"> & {
    readonly what: string;
    readonly severity?: Finding["severity"];
  },
): Finding => ({
  ...rest,
  subject: view.subject,
  severity,
  sentence: `${view.name}: ${what}`,
  evidence: redacted(evidence),
});
