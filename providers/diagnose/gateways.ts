import type { GatewayHostFacts, PairObservation } from "../observe/observation.ts";
import { databaseNodes, type Pair, type Side } from "../pair.ts";
import type { Finding } from "./finding.ts";

/** What the gateways' own settings and sessions say: two writers are how a pair comes apart again after every repair. */
export const gatewayFindings = (observation: PairObservation, pair: Pair): readonly Finding[] => [
  ...observation.hosts.flatMap((host) => hostUnreachable(host)),
  ...observation.hosts.flatMap((host) => failoverOrder(host, pair)),
  ...nodeIds(observation.hosts),
  ...twoWriters(observation),
];

const hostUnreachable = ({ name, reachable, reason }: GatewayHostFacts): readonly Finding[] =>
  reachable
    ? []
    : [
        {
          code: "gateway-host-unreachable",
          subject: name,
          severity: "note",
          sentence: `could not look at the gateway host ${name}`,
          evidence: reason ?? "no answer",
          remedy: "none",
          advice: "its gateway cannot be stopped for a reinitialisation: make the host reachable first",
        },
      ];

/** Every gateway uses the primary first (article 106797); a secondary that calls itself first is a second writer. */
const failoverOrder = (host: GatewayHostFacts, pair: Pair): readonly Finding[] => {
  const order = host.failoverOrder.map((address) => sideOf(address, host.name, pair));
  if (order.length < 2 || order.includes(undefined) || (order[0] === "primary" && order[1] === "secondary")) return [];
  return [
    {
      code: "failover-order",
      subject: host.name,
      severity: "degraded",
      sentence: `the gateway on ${host.name} does not use the primary first and the secondary second`,
      evidence: `node.properties: ${host.failoverOrder.join(", then ")}`,
      remedy: "none",
      advice:
        "two gateways that prefer different databases write on both: put the order right on every host, one gateway restart each",
    },
  ];
};

/** undefined: an address that the configuration does not know. A name of the host itself stands for its own side. */
const sideOf = (address: string, hostName: string, pair: Pair): Side | undefined => {
  const host = address.replace(/:\d+$/, "");
  const nodes = databaseNodes(pair);
  if (["localhost", "127.0.0.1", "::1"].includes(host)) return nodes.find(({ name }) => name === hostName)?.side;
  return nodes.find(({ name, connection, replication, mysql }) =>
    [name, connection.host, replication.host, ...(mysql.through === "direct" ? [mysql.host] : [])].includes(host),
  )?.side;
};

const nodeIds = (hosts: readonly GatewayHostFacts[]): readonly Finding[] => {
  const ids = [...new Set(hosts.flatMap(({ nodeId }) => (nodeId ? [nodeId] : [])))];
  return ids.flatMap((id) => {
    const names = hosts.filter(({ nodeId }) => nodeId === id).map(({ name }) => name);
    return names.length < 2
      ? []
      : [
          {
            code: "node-id-twice",
            subject: "pair",
            severity: "degraded",
            sentence: `${names.join(" and ")} bear the same gateway node.id`,
            evidence: `node.id ${id}`,
            remedy: "none",
            advice: "duplicate keys come back after every repair until each host has its own node.id (article 42957)",
          } satisfies Finding,
        ];
  });
};

const twoWriters = ({ primary, secondary }: PairObservation): readonly Finding[] => {
  const sessions = [primary, secondary].map((node) => (node.reachable ? node.facts.applicationSessions : []));
  if (sessions.some((list) => list.length === 0)) return [];
  const hosts = sessions.map((list) => [...new Set(list.map(({ host }) => host))].join(", "));
  return [
    {
      code: "two-writers",
      subject: "pair",
      severity: "degraded",
      sentence: "gateways have sessions on both databases: both may be written to",
      evidence: `on the primary from ${hosts[0]}; on the secondary from ${hosts[1]}`,
      remedy: "none",
      advice: "after a failover some gateways stayed on the secondary: restart those gateways one at a time",
    },
  ];
};
