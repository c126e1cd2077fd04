import type { Node, Shell } from "../node/node.ts";
import { openNode, openShell } from "../node/open-node.ts";
import type { Reach } from "../observe/observe.ts";
import { gatewayHosts, type Pair, type Secrets } from "../pair.ts";
import type { Profile } from "../profile/profile.ts";
import { profileOf } from "../profile/profile-of.ts";
import type { GatewayHostShell } from "../runbook/step.ts";

/** Connections to the hosts of one pair: opened at first use, one per host, closed together. */
export interface OpenedPair extends Reach {
  readonly pair: Pair;
  readonly profile: Profile;
  gatewayShells(): Promise<readonly GatewayHostShell[]>;
  close(): Promise<void>;
}

export const openPair = (pair: Pair, secrets: Secrets): OpenedPair => {
  const nodes = new Map<string, Promise<Node>>();
  const shells = new Map<string, Promise<Shell>>();
  /** A failed opening is forgotten, so that the next use tries anew. */
  const once = <T>(known: Map<string, Promise<T>>, name: string, open: () => Promise<T>): Promise<T> => {
    const existing = known.get(name);
    if (existing) return existing;
    const opening = open();
    known.set(name, opening);
    opening.catch(() => known.delete(name));
    return opening;
  };
  const reach: Reach = {
    node: (host) => once(nodes, host.name, () => openNode(host, secrets)),
    shell: (host) => once(shells, host.name, async () => openShell(host, secrets)),
    ownShell: async (host) => openShell(host, secrets),
  };
  return {
    ...{ ...reach, pair, profile: profileOf(pair.profile) },
    gatewayShells: () =>
      Promise.all(
        gatewayHosts(pair).map(async (host) => ({
          host: host as GatewayHostShell["host"],
          shell: await reach.shell(host),
        })),
      ),
    async close() {
      const opened = await Promise.allSettled([...nodes.values(), ...shells.values()]);
      await Promise.allSettled(opened.map((one) => (one.status === "fulfilled" ? one.value.close() : undefined)));
    },
  };
};
