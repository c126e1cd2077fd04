import type { Node, Shell } from "../node/node.ts";
import { type DatabaseNode, gatewayHosts, type Host, type Pair, type Side } from "../pair.ts";
import type { CompareOptions } from "./comparison.ts";
import { compareContents } from "./contents.ts";
import { couldNotLook } from "./could-not-look.ts";
import { foreignServerIds } from "./foreign-events.ts";
import { observeGatewayHost, unknownHost } from "./gateway-hosts.ts";
import { type LinkLimits, sampleLinks } from "./links.ts";
import { withLogAfter } from "./log-after.ts";
import { type LookOptions, observeNode } from "./node-facts.ts";
import type { Contents, GatewayHostFacts, NodeObservation, PairObservation } from "./observation.ts";
import { isServerDown } from "./server-down.ts";

/** How hosts are reached. May be called more than once for a host; the caller keeps and closes what it opens. */
export interface Reach {
  /** Throws UnreachableError, LimitError or SqlError where the server cannot be asked. */
  node(node: DatabaseNode): Promise<Node>;
  /** Throws UnreachableError or LimitError where the host cannot be reached. */
  shell(host: Host): Promise<Shell>;
  /** A connection that nobody else uses; the caller closes it. */
  ownShell(host: Host): Promise<Shell>;
}

export interface ObserveOptions extends Pick<LookOptions, "readRunTrace"> {
  readonly links?: LinkLimits | undefined;
  /** Absent: contents are not compared. */
  readonly contents?: CompareOptions | undefined;
}

/**
 * Asks both nodes and all gateway hosts at the same time, concludes nothing and changes nothing. A node or host that
 * cannot be asked is part of the answer.
 */
export const observePair = async (pair: Pair, reach: Reach, options: ObserveOptions = {}): Promise<PairObservation> => {
  const look = { applicationAccounts: pair.applicationAccounts, readRunTrace: options.readRunTrace };
  const [first, second, hosts] = await Promise.all([
    lookAtNode(pair.primary, reach, look),
    lookAtNode(pair.secondary, reach, look),
    Promise.all(gatewayHosts(pair).map((host) => lookAtGateway(host, reach))),
  ]);
  const [primary, secondary] = await Promise.all([withLater(first), withLater(second)]);
  const both = primary.node && secondary.node ? ([primary.node, secondary.node] as const) : undefined;
  const links = both ? await sampleLinks(...both, options.links).catch(noLinks) : {};
  const contents = both && options.contents && (await contentsOf(...both, options.contents));
  const nodes = await withForeignIds({ primary, secondary });
  return { ...nodes, hosts, links, ...(contents && { contents }) };
};

interface Looked {
  readonly observation: NodeObservation;
  /** Absent: could not be asked. */
  readonly node?: Node | undefined;
}

const withLater = async ({ observation, node }: Looked): Promise<Looked> => ({
  observation: await withLogAfter(observation, node),
  node,
});

/** Whose events came by on each node since its log was first looked at. */
const withForeignIds = async (
  looked: Readonly<Record<Side, Looked>>,
): Promise<Readonly<Record<Side, NodeObservation>>> => {
  const seen = [looked.primary, looked.secondary];
  const facts = seen.flatMap(({ observation }) => (observation.reachable ? [observation.facts] : []));
  const own = facts.map(({ variables }) => Number(variables.server_id));
  const [primary, secondary] = await Promise.all(
    seen.map(async ({ observation, node }): Promise<NodeObservation> => {
      // With one node unknown, an id may be that node's.
      if (!observation.reachable || !node || !observation.facts.log || own.length < 2) return observation;
      const ids = await foreignServerIds(node, observation.facts.log, own).catch(notRead);
      return ids ? { ...observation, facts: { ...observation.facts, foreignServerIds: ids } } : observation;
    }),
  );
  return { primary: primary as NodeObservation, secondary: secondary as NodeObservation };
};

/** The node went away since it was asked: the next look tells. */
const notRead = (error: unknown): undefined => {
  couldNotLook(error);
};

const lookAtNode = async (host: DatabaseNode, reach: Reach, look: LookOptions): Promise<Looked> => {
  try {
    const node = await reach.node(host);
    const observation = await observeNode(node, look);
    return observation.reachable
      ? { observation, node }
      : { observation: await lookAtItsHost(host, reach, look, observation) };
  } catch (error) {
    return { observation: await lookAtItsHost(host, reach, look, couldNotLook(error)) };
  }
};

/**
 * The server gave no answer. Does the host? Then its state folder may still tell of a run, and "server-down" is more
 * than "unreachable": a server that can be started.
 */
const lookAtItsHost = async (
  host: DatabaseNode,
  reach: Reach,
  look: LookOptions,
  seen: Extract<NodeObservation, { reachable: false }>,
): Promise<NodeObservation> => {
  try {
    const shell = await reach.shell(host);
    const down = seen.code === "unreachable" && (await isServerDown(seen.reason, shell, host));
    const run = await look.readRunTrace?.(shell);
    return { ...seen, ...(down && { code: "server-down" }), ...(run && { run }) };
  } catch (error) {
    couldNotLook(error);
    return seen;
  }
};

const lookAtGateway = async (host: Host, reach: Reach): Promise<GatewayHostFacts> => {
  if (!host.gateway) return unknownHost(host.name, "no gateway is configured on it");
  try {
    return await observeGatewayHost(await reach.shell(host), host.gateway);
  } catch (error) {
    return unknownHost(host.name, couldNotLook(error).reason);
  }
};

/** A node that went away between two questions: nothing is known of the links. */
const noLinks = (error: unknown): Readonly<Partial<Record<Side, never>>> => {
  couldNotLook(error);
  return {};
};

const contentsOf = async (primary: Node, secondary: Node, options: CompareOptions): Promise<Contents> => {
  try {
    return await compareContents(primary, secondary, options);
  } catch (error) {
    const { reason } = couldNotLook(error);
    return { tablesCompared: 0, differences: [], skipped: [{ table: "all tables", reason }] };
  }
};
