import { openNode, openShell } from "../node/node.ts";
import type { Node, Shell } from "../node/node.ts";
import { gatewayHosts, type Pair, type Secrets, type Side } from "../pair.ts";
import { profileOf } from "../profile/profile-of.ts";
import type { Profile } from "../profile/profile.ts";
import type { GatewayHostShell } from "../runbook/step.ts";

export interface OpenedPair {
  readonly pair: Pair;
  readonly profile: Profile;
  readonly node: (side: Side) => Promise<Node>;
  readonly hosts: readonly GatewayHostShell[];
  close(): Promise<void>;
}
