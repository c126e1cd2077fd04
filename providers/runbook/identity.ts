import type { Node } from "../node/node.ts";
import { variable } from "./replica.ts";

/** Who a server is, however its address moves: a journal or a marker that names another one is void. */
export interface Identity {
  readonly name: string;
  readonly serverUuid: string;
  readonly serverId: number;
}

export const identityOf = async (node: Node): Promise<Identity> => ({
  name: node.host.name,
  serverUuid: await variable(node, "server_uuid"),
  serverId: Number(await variable(node, "server_id")),
});
