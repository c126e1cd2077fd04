import type { Arg, Node } from "../node/node.ts";
import { formatOptionFile } from "../node/option-file.ts";

/** Common to every job: caching_sha2 works with a cold cache. */
const always = { "loose-get-server-public-key": "1" };

/** The option file with which a job on a node logs in to that node's own server. */
export const localOptions = async (node: Node, initCommand?: string): Promise<Arg> => {
  const { through, socketPath, host, port } = node.host.mysql;
  const where = through === "socket" ? { socket: socketPath } : { host, port: String(port), protocol: "tcp" };
  const init = initCommand === undefined ? {} : { "loose-init-command": initCommand };
  return { secret: formatOptionFile({ ...(await node.credentials()), ...where, ...always, ...init }) };
};

export interface PeerLogin {
  readonly user: string;
  readonly password: string;
}

/** The option file with which a job on `from` logs in to the server of `to`, the way replication will. */
export const peerOptions = (
  from: Node,
  to: Node,
  login: PeerLogin,
  more: Readonly<Record<string, string>> = {},
): Arg => {
  const { host, port } = to.host.replication;
  const { bindAddress } = from.host.replication;
  const bind = bindAddress === undefined ? {} : { "bind-address": bindAddress };
  return {
    secret: formatOptionFile({ ...login, host, port: String(port), protocol: "tcp", ...always, ...bind, ...more }),
  };
};
