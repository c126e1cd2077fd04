import { databaseNodes, type Pair } from "../pair.ts";
import type { SessionThere } from "./outlived.ts";
import type { GatewayHostShell } from "./step.ts";

const LOOK_MS = 15_000;
const LOCAL = ["localhost", "127.0.0.1", "::1"];

/** By what a server may show the clients of one gateway host. */
export interface GatewayClient {
  readonly name: string;
  /** Lower case. */
  readonly addresses: readonly string[];
}

export interface SortedSessions {
  readonly own: readonly SessionThere[];
  /** From an address of no gateway host: an address was translated, or it is none of the gateways. */
  readonly unknown: readonly SessionThere[];
}

/** Whose sessions they are; what another gateway host has is in neither. A host's own clients may come as localhost. */
export const sortSessions = (
  sessions: readonly SessionThere[],
  name: string,
  clients: readonly GatewayClient[],
): SortedSessions => {
  const owners = ({ node, session }: SessionThere): readonly string[] => {
    const from = session.host.toLowerCase();
    if (LOCAL.includes(from)) return [node.host.name];
    return clients.filter(({ addresses }) => addresses.includes(from)).map((client) => client.name);
  };
  return {
    own: sessions.filter((its) => owners(its).includes(name)),
    unknown: sessions.filter((its) => owners(its).length === 0),
  };
};

/** The host's own words, because the configuration may name an address that no server sees. Tools may be missing. */
const namesScript = "hostname; hostname -f; hostname -I; exit 0";

export const gatewayClients = (hosts: readonly GatewayHostShell[], pair: Pair): Promise<readonly GatewayClient[]> =>
  Promise.all(
    hosts.map(async ({ host, shell }) => {
      const said = await shell.tryScript(namesScript, [], LOOK_MS).then(
        ({ stdout }) => stdout.split(/\s+/),
        () => [],
      );
      const database = databaseNodes(pair).find((node) => node.name === host.name);
      const { host: address, bindAddress = "" } = database?.replication ?? { host: "" };
      const addresses = [host.name, host.connection.host, host.gateway.address, address, bindAddress, ...said]
        .map((text) => text.toLowerCase())
        .filter((text) => text !== "" && !LOCAL.includes(text));
      return { name: host.name, addresses: [...new Set(addresses)] };
    }),
  );
