import { configurationFindings, refusesReinitialise } from "../diagnose/configuration.ts";
import { dialectFor } from "../mysql/dialect-for.ts";
import type { NodeObservation, PairObservation } from "../observe/observation.ts";
import { databaseNodes, otherSide, type Pair, type Side } from "../pair.ts";
import type { Refusal } from "./plan.ts";

const databaseSides: readonly Side[] = ["primary", "secondary"];

/** What an observation alone says against a reinitialisation. Pure; the preflight step asks the nodes for the rest. */
export const preflightRefusals = (pair: Pair, observation: PairObservation, donor: Side): readonly Refusal[] => [
  ...databaseNodes(pair).flatMap((node) => nodeRefusals(node.name, observation[node.side], ownJobs(observation))),
  ...donorRefusals(pair[donor].name, observation[donor]),
  ...thirdReplica(pair, observation),
  ...configurationFindings(observation, [])
    .filter(({ code }) => refusesReinitialise.includes(code))
    .map(({ code, subject, sentence, advice }) => ({ code, subject, message: sentence, hint: advice })),
  ...observation.hosts
    .filter((host) => !host.reachable)
    .map((host) => ({
      code: "gateway-host-unreachable",
      subject: host.name,
      message: `${host.name} could not be asked: ${host.reason ?? "no answer"}`,
      hint: "its gateway could not be stopped, and would write in the middle: make the host reachable, or take it out of the configuration",
    })),
];

/** Dump clients of a run that was cut short: it attaches to them, or ends them. */
const ownJobs = (observation: PairObservation): boolean =>
  databaseSides.some((side) => {
    const node = observation[side];
    const trace = node.reachable ? node.facts.run : node.run;
    return (trace?.jobs ?? []).length > 0;
  });

const nodeRefusals = (name: string, node: NodeObservation, ownJobsLive: boolean): readonly Refusal[] => {
  if (!node.reachable)
    return [
      {
        code: "node-unreachable",
        subject: name,
        message: `could not look at ${name}: ${node.reason}`,
        hint: "make it reachable first",
      },
    ];
  const { facts } = node;
  return [
    ...(dialectFor(facts.version, facts.variables.version_comment ?? "").repairable
      ? []
      : [
          {
            code: "server-family",
            subject: name,
            message: `${name} runs ${facts.version}, which cannot be fenced yet (no SET PERSIST)`,
            hint: "health is watched; reinitialise this pair by hand",
          },
        ]),
    ...(ownJobsLive ? [] : facts.backupProcesses).map((process) => ({
      code: "backup-running",
      subject: name,
      message: `a backup runs on ${name}: ${process}`,
      hint: "wait until it has ended",
    })),
  ];
};

const donorRefusals = (name: string, node: NodeObservation): readonly Refusal[] =>
  node.reachable && Object.keys(node.facts.schemaBytes).length === 0
    ? [
        {
          code: "donor-empty",
          subject: name,
          message: `${name} has no application schema at all, and it is the donor`,
          hint: "look at policy.donor: the other side may be the good copy",
        },
      ]
    : [];

/** Emptied logs would break a replica outside the pair. */
const thirdReplica = (pair: Pair, observation: PairObservation): readonly Refusal[] =>
  databaseNodes(pair).flatMap(({ name, side }) => {
    const node = observation[side];
    const peers = node.reachable ? node.facts.dumpThreads : [];
    if (peers.length <= 1) return [];
    return [
      {
        code: "third-replica",
        subject: name,
        message: `${peers.length} replicas read from ${name}: ${peers.join(", ")}; the pair has one, ${pair[otherSide(side)].name}`,
        hint: "detach the others first: a reset of the logs breaks them",
      },
    ];
  });
