import { readFileSync } from "node:fs";
import type { Row } from "../../../providers/mysql/dialect.ts";
import { dialectFor } from "../../../providers/mysql/dialect-for.ts";
import type { ReplicaStatus } from "../../../providers/mysql/replica-status.ts";
import type {
  LinkSample,
  NodeFacts,
  NodeObservation,
  PairObservation,
} from "../../../providers/observe/observation.ts";
import type { DatabaseNode, Pair, Side } from "../../../providers/pair.ts";

/** Rows of real servers (test/captures) turned into what observe would have made of them. */

export const flavours = [
  ...["mysql56", "mysql56-gtid", "mysql80-filepos", "mysql97-filepos"],
  ...["mysql97-gtid", "mariadb1011-filepos", "mariadb1011-gtid"],
] as const;

interface CapturedNode {
  readonly couldNotLook?: string;
  readonly status?: readonly Row[];
  readonly log?: readonly Row[];
  readonly workers?: readonly Row[];
  readonly variables?: Readonly<Record<string, string | null>>;
}

export interface CapturedCase {
  readonly note: string;
  readonly node1: CapturedNode;
  readonly node2: CapturedNode;
}

interface CaptureFile {
  readonly variables: Readonly<Record<"node1" | "node2", Readonly<Record<string, string>>>>;
  readonly cases: Readonly<Record<string, CapturedCase>>;
}

const read = (flavour: string): CaptureFile =>
  JSON.parse(readFileSync(new URL(`../../captures/${flavour}.json`, import.meta.url), "utf8"));

const files = new Map(flavours.map((flavour) => [flavour as string, read(flavour)]));

const fileOf = (flavour: string): CaptureFile => {
  const file = files.get(flavour);
  if (!file) throw new Error(`no captures of ${flavour}`);
  return file;
};

export const caseNames = (flavour: string): readonly string[] => Object.keys(fileOf(flavour).cases);

const nodeOf = (flavour: string, name: string, node: "node1" | "node2"): CapturedNode => {
  const found = fileOf(flavour).cases[name];
  if (!found) throw new Error(`no case ${name} of ${flavour}`);
  return found[node];
};

/** node1 is the primary, node2 the secondary. */
export const capturedNode = (flavour: string, name: string, node: "node1" | "node2"): NodeObservation => {
  const captured = nodeOf(flavour, name, node);
  if (captured.couldNotLook !== undefined)
    return {
      reachable: false,
      reason: captured.couldNotLook,
      code: name === "source_frozen" ? "limit" : "server-down",
    };
  const changed = Object.entries({ ...fileOf(flavour).variables[node], ...captured.variables });
  const variables = Object.fromEntries(changed.filter((entry): entry is [string, string] => entry[1] !== null));
  const dialect = dialectFor(variables.version ?? "", variables.version_comment ?? "");
  return {
    reachable: true,
    facts: {
      ...{ version: variables.version ?? "", family: dialect.family, variables },
      replicas: dialect.parseReplicaStatus(captured.status ?? [], captured.workers ?? []),
      log: dialect.parseLogPosition(captured.log ?? [], variables.gtid_mode === "ON"),
      ...{ applicationSessions: [], dumpThreads: [], oldestTransactionSeconds: 0, schemaBytes: { ssg: 1 } },
      ...{ filters: [], backupProcesses: [], clockAhead: { least: -0.4, most: 0.7 } },
    },
  };
};

export const capturedFacts = (flavour: string, name: string, node: "node1" | "node2" = "node2"): NodeFacts => {
  const seen = capturedNode(flavour, name, node);
  if (!seen.reachable) throw new Error(`${name} of ${flavour}: ${node} gave no answer`);
  return seen.facts;
};

export const reached: LinkSample = { reached: true, moved: false, waitedMs: 40 };
export const notReached: LinkSample = { reached: false, moved: true, waitedMs: 5000 };

const runs = (node: NodeObservation): boolean =>
  node.reachable && node.facts.replicas.some(({ io, sql }) => io.state === "running" && sql.state === "running");

/** As observed: links whose threads run were sampled, and reached their source unless told otherwise. */
export const capturedPair = (
  flavour: string,
  name: string,
  samples: Readonly<Partial<Record<Side, LinkSample>>> = {},
): PairObservation => {
  const [primary, secondary] = [capturedNode(flavour, name, "node1"), capturedNode(flavour, name, "node2")];
  const sampled = primary.reachable && secondary.reachable;
  return {
    ...{ primary, secondary, hosts: [] },
    links: {
      ...(sampled && runs(primary) && { primary: samples.primary ?? reached }),
      ...(sampled && runs(secondary) && { secondary: samples.secondary ?? reached }),
    },
  };
};

/** The pair as its operator would have configured it: by the addresses of the case's own nodes. */
export const pairOf = (flavour: string, name: string): Pair => {
  const own = ["peer_down_retries_exhausted", "source_reset_then_writes"].includes(name) ? name : "healthy";
  const ofSecondary = sourceOf(flavour, own, "node2");
  const ofPrimary = sourceOf(flavour, own, "node1") ?? ofSecondary;
  return pairAt(ofSecondary, ofPrimary);
};

const sourceOf = (flavour: string, name: string, node: "node1" | "node2"): ReplicaStatus | undefined => {
  const seen = capturedNode(flavour, name, node);
  return seen.reachable ? seen.facts.replicas[0] : undefined;
};

type Address = Pick<ReplicaStatus, "sourceHost" | "sourcePort">;
const anywhere: Address = { sourceHost: "127.0.0.1", sourcePort: 3306 };

export const pairAt = (primary: Address = anywhere, secondary: Address = anywhere): Pair => {
  const node = (side: Side, { sourceHost, sourcePort }: Address): DatabaseNode => ({
    ...{ side, name: side === "primary" ? "gw1" : "gw2", become: "none", stateFolder: "/var/lib/replication-pair" },
    connection: { host: sourceHost, port: 22, user: "root", hostKey: "ssh-ed25519 AAAA" },
    mysql: { through: "socket", socketPath: "/var/lib/mysql/mysql.sock", host: "127.0.0.1", port: 3306 },
    replication: { host: sourceHost, port: sourcePort },
    backupFolder: "/var/backups/replication-pair",
  });
  return {
    ...{ profile: "layer7-gateway", procedure: "vendor", processingNodes: [], triggers: [] },
    ...{ primary: node("primary", primary), secondary: node("secondary", secondary), applicationAccounts: ["gateway"] },
    policy: {
      ...{ gatewayStopSeconds: 180, gatewayStartSeconds: 600 },
      donor: "primary",
      guardSeconds: 300,
      remedies: ["start-server", "start-threads", "repoint", "reinitialise"],
      recipientOnlyRows: "refuse",
    },
  };
};
