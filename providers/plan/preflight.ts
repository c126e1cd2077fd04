import { configurationFindings, refusesReinitialise } from "../diagnose/configuration.ts";
import { reconcile, traced } from "../diagnose/reconcile.ts";
import { dialectFor } from "../mysql/dialect-for.ts";
import type { NodeObservation, PairObservation } from "../observe/observation.ts";
import { type DatabaseNode, databaseNodes, isTemporary, otherSide, type Pair, type Side } from "../pair.ts";
import { type Refusal, refusalOf } from "./plan.ts";

/** What an observation alone says against a reinitialisation. Pure; the preflight step asks the nodes for the rest. */
export const preflightRefusals = (
  pair: Pair,
  observation: PairObservation,
  { donor, resumes }: { readonly donor: Side; readonly resumes: boolean },
): readonly Refusal[] => [
  ...databaseNodes(pair).flatMap((node) => nodeRefusals(node.name, observation[node.side], ownJobs(observation))),
  ...donorEmpty(pair[donor].name, observation[donor]),
  ...donorFenced(pair[donor].name, observation, donor),
  ...thirdReplica(pair, observation),
  ...packetRefusals(pair, observation, donor),
  // A run that was cut short has its journal there: another folder would hide it.
  ...(resumes ? [] : databaseNodes(pair).flatMap((node) => ownFolders(node, observation[node.side]))),
  ...configurationFindings(observation, [])
    .filter(({ code }) => refusesReinitialise.includes(code))
    .map(refusalOf),
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
export const ownJobs = (observation: PairObservation): boolean =>
  traced(observation).some(({ trace }) => (trace.jobs ?? []).length > 0);

const nodeRefusals = (name: string, node: NodeObservation, ownJobsLive: boolean): readonly Refusal[] => {
  if (!node.reachable)
    return [
      {
        code: node.code === "server-down" ? "server-down" : "node-unreachable",
        subject: name,
        message: `could not look at ${name}: ${node.reason}`,
        hint: node.code === "server-down" ? "start its MySQL server first" : "make it reachable first",
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

const donorEmpty = (name: string, node: NodeObservation): readonly Refusal[] =>
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

/** Its own copy may be a half one, and it would be taken for the truth. A fence of this pair's run names the donor itself. */
const donorFenced = (name: string, observation: PairObservation, donor: Side): readonly Refusal[] => {
  const { row, side } = reconcile(observation);
  if (row !== "fence-of-another" || side !== donor) return [];
  return [
    {
      code: "donor-fenced",
      subject: name,
      message: `${name} bears a fence that was put up for other servers, so its copy may be incomplete, and it is the donor`,
      hint: "make the other side the donor (policy.donor); or, if this one is whole, lift its fence by hand as docs/faults.md says",
    },
  ];
};

/**
 * Emptied logs would break a replica outside the pair. One is known by its server_id; where that cannot be seen, two
 * addresses read from this node. Several readers at one address may be one replica: a sender outlives its receiver.
 */
const thirdReplica = (pair: Pair, observation: PairObservation): readonly Refusal[] =>
  databaseNodes(pair).flatMap(({ name, side }) => {
    const [node, peer] = [observation[side], observation[otherSide(side)]];
    if (!node.reachable) return [];
    const peerId = peer.reachable ? peer.facts.variables.server_id : undefined;
    const others = (node.facts.registeredReplicas ?? [])
      .filter(({ serverId }) => peerId !== undefined && serverId !== Number(peerId))
      .map(({ serverId, host }) => `server_id ${serverId}${host ? ` (${host})` : ""}`);
    const addresses = [...new Set(node.facts.dumpThreads)];
    const found = others.length > 0 ? others : addresses.length > 1 ? addresses : [];
    if (found.length === 0) return [];
    return [
      {
        code: "third-replica",
        subject: name,
        message: `besides ${pair[otherSide(side)].name} others read from ${name}, or did a moment ago: ${found.join(", ")}`,
        hint: "detach them first: a reset of the logs breaks them",
      },
    ];
  });

/**
 * What restores or rebuilds a server takes its data folder away, and the journal and the backup are for that hour. Symbolic
 * links count as what they lead to.
 */
const ownFolders = (host: DatabaseNode, node: NodeObservation): readonly Refusal[] => {
  if (!node.reachable) return [];
  const { variables, realPaths } = node.facts;
  const real = (path: string): string => (realPaths?.[path] ?? path).replace(/\/+$/, "");
  const data = variables.datadir ? real(variables.datadir) : undefined;
  return (["stateFolder", "backupFolder"] as const).flatMap((key) => {
    const folder = real(host[key]);
    const shown = `${key} ${host[key]} of ${host.name}${folder === host[key] ? "" : ` (${folder})`}`;
    const refusal = (code: string, message: string, hint: string): Refusal[] => [
      { code, subject: host.name, message, hint },
    ];
    if (data !== undefined && `${folder}/`.startsWith(`${data}/`))
      return refusal(
        "folder-in-data",
        `${shown} lies in the server's data folder ${data}`,
        `name a ${key} outside of it, while no run is unfinished`,
      );
    if (isTemporary(folder))
      return refusal(
        "folder-not-lasting",
        `${shown} lies where a restart or a cleaner takes it away`,
        `name a ${key} on a disk that lasts, while no run is unfinished`,
      );
    return [];
  });
};

/** The recipient serves when the donor fails. (The load itself has a limit of its own, see runbook/packet-limit.ts.) */
const packetRefusals = (pair: Pair, observation: PairObservation, donor: Side): readonly Refusal[] => {
  const [sent, taken] = [observation[donor], observation[otherSide(donor)]].map((node) =>
    node.reachable ? Number(node.facts.variables.max_allowed_packet) : Number.NaN,
  );
  const recipient = pair[otherSide(donor)].name;
  return Number(taken) < Number(sent)
    ? [
        {
          code: "packet-limit-load",
          subject: recipient,
          message: `${recipient} takes packets of ${taken} bytes, ${pair[donor].name} of ${sent}: it would not take from its clients what the other takes`,
          hint: "set max_allowed_packet alike on both, in the option files too",
        },
      ]
    : [];
};
