import type { Row } from "../mysql/dialect.ts";
import type { LogPosition } from "../mysql/position.ts";
import type { Node } from "../node/node.ts";
import { couldNotLook } from "./could-not-look.ts";
import type { NodeObservation } from "./observation.ts";

const STATEMENT_MS = 15_000;

/** The observation with NodeFacts.logAfter: to be asked when the looks at both nodes have ended. */
export const withLogAfter = async (observation: NodeObservation, node: Node | undefined): Promise<NodeObservation> => {
  if (!observation.reachable || !node) return observation;
  const { facts } = observation;
  const logAfter = await readPosition(node, facts.variables.gtid_mode?.toUpperCase() === "ON");
  return { ...observation, facts: { ...facts, logAfter } };
};

/** A node that went away between two questions was still observed. */
const readPosition = async (node: Node, gtidMode: boolean): Promise<LogPosition | undefined> => {
  try {
    const rows = await node.query<Row>(node.dialect.showLogPosition(), STATEMENT_MS);
    return node.dialect.parseLogPosition(rows, gtidMode);
  } catch (error) {
    couldNotLook(error);
    return undefined;
  }
};
