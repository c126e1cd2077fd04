import type { Node, Session } from "../node/node.ts";
import { otherSide, type Side } from "../pair.ts";
import { openSnapshot } from "./snapshot.ts";

export type Nodes = Readonly<Record<Side, Node>>;
export type Snapshots = Readonly<Record<Side, Session>>;

/**
 * One frozen view of each side, the recipient's first: what it had from the donor is then on the donor too, unless the
 * donor deleted it in between. The other way round each row in flight would look like a row of the recipient's own.
 */
export const openSnapshots = async (nodes: Nodes, donor: Side): Promise<Snapshots> => {
  const recipient = await openSnapshot(nodes[otherSide(donor)]);
  try {
    const kept = await openSnapshot(nodes[donor]);
    return donor === "primary" ? { primary: kept, secondary: recipient } : { primary: recipient, secondary: kept };
  } catch (error) {
    await recipient.close();
    throw error;
  }
};

export const closeSnapshots = async (snapshots: Snapshots): Promise<void> => {
  await Promise.allSettled([snapshots.primary.close(), snapshots.secondary.close()]);
};

/** Opens, works, closes. */
export const withSnapshots = async <T>(
  nodes: Nodes,
  donor: Side,
  work: (snapshots: Snapshots) => Promise<T>,
): Promise<T> => {
  const snapshots = await openSnapshots(nodes, donor);
  try {
    return await work(snapshots);
  } finally {
    await closeSnapshots(snapshots);
  }
};

/** Both sides at once; waits for both, then throws the first error. */
export const onBothSides = async <T>(work: (side: Side) => Promise<T>): Promise<Readonly<Record<Side, T>>> => {
  const [primary, secondary] = await Promise.allSettled([work("primary"), work("secondary")]);
  if (primary.status === "rejected") throw primary.reason;
  if (secondary.status === "rejected") throw secondary.reason;
  return { primary: primary.value, secondary: secondary.value };
};
