import type { Node } from "../node/node.ts";
import type { Side } from "../pair.ts";

export type Nodes = Readonly<Record<Side, Node>>;

/** Both sides at once; waits for both, then throws the first error. */
export const onBothSides = async <T>(work: (side: Side) => Promise<T>): Promise<Readonly<Record<Side, T>>> => {
  const [primary, secondary] = await Promise.allSettled([work("primary"), work("secondary")]);
  if (primary.status === "rejected") throw primary.reason;
  if (secondary.status === "rejected") throw secondary.reason;
  return { primary: primary.value, secondary: secondary.value };
};
