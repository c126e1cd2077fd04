/** The pair as configured: checked and resolved at the doors (stacks/config.ts, replication-pair/inputs.ts), read-only below them. */

export type Side = "primary" | "secondary";
/** donor: the node whose data is kept; recipient: the node that is overwritten. */
export type Role = "donor" | "recipient";

/** Same keys as the connection of @pulumi/command, so that one block feeds both. `hostKey` is pinned: `<type> <base64>`. */
export interface SshEndpoint {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly hostKey: string;
  /** File on the runner's host. Without it (and without an agent) the secret setting sshPrivateKey is used. */
  readonly privateKeyPath?: string | undefined;
  readonly agentSocketPath?: string | undefined;
  /** Jump host. */
  readonly proxy?: SshEndpoint | undefined;
}

/** How SQL reaches the server of a node. */
export interface MysqlAccess {
  /** socket: SSH forward to the unix socket. tunnel: SSH forward to host:port as seen from the node. direct: TCP from the runner. */
  readonly through: "socket" | "tunnel" | "direct";
  readonly socketPath: string;
  readonly host: string;
  readonly port: number;
  /** Client option file on the node that holds user and password (the appliance's root has /root/.my.cnf). Wins over `user`. */
  readonly optionFile?: string | undefined;
  /** With the secret setting <side>MysqlPassword. */
  readonly user?: string | undefined;
  /** Starts a server that is proved down; absent: that is left to a person. */
  readonly startService?: readonly string[] | undefined;
}

/** The application's service on one host. */
export interface GatewayService {
  /** Address on which its ports listen. */
  readonly address: string;
  readonly ports: readonly number[];
  /** Start of the command line of its processes (pgrep -f, anchored). */
  readonly processPattern: string;
  readonly start: readonly string[];
  readonly stop: readonly string[];
  readonly status: readonly string[];
  /** Asked on the host itself after a start; absent: not asked. */
  readonly pingUrl?: string | undefined;
  /** node.properties of the gateway; absent: failover order is not looked at. */
  readonly propertiesFile?: string | undefined;
}

export interface Host {
  readonly name: string;
  readonly connection: SshEndpoint;
  /** How the login user becomes root: none (it is root, or needs no rights), or sudo -n. */
  readonly become: "none" | "sudo";
  /** Absent: no application on this host. */
  readonly gateway?: GatewayService | undefined;
  /** Root-owned folder (0700) outside the data folder: lock, journal, fence marker, jobs. */
  readonly stateFolder: string;
}

export interface DatabaseNode extends Host {
  readonly side: Side;
  readonly mysql: MysqlAccess;
  /** How the *other* node reaches this server, and the address from which this server calls (bind). */
  readonly replication: { readonly host: string; readonly port: number; readonly bindAddress?: string | undefined };
  readonly backupFolder: string;
  /** Folder of mysqldump and mysql on the node; absent: PATH. */
  readonly clientFolder?: string | undefined;
}

export interface Policy {
  /** Side whose data is kept. */
  readonly donor: Side;
  /** What may be done without asking: the ladder of remedies, mildest first. */
  readonly remedies: readonly RemedyKind[];
  /** Rows that only the recipient has: refuse, or save them to a file on the donor and let them go. */
  readonly recipientOnlyRows: "refuse" | "save-and-discard";
  /** How long a gateway may take to stop, with every process and session of it gone, and to serve after its start. */
  readonly gatewayStopSeconds: number;
  readonly gatewayStartSeconds: number;
  /** Run id: an operator takes the risk that what its traces on the nodes do not prove is so. */
  readonly confirmedRun?: string | undefined;
  /** UTC, "HH:MM"; absent: always open. */
  readonly maintenanceWindow?: { readonly start: string; readonly end: string } | undefined;
  /** With the gateways stopped and the run no longer heard of for so long, each host starts its gateway again. */
  readonly guardSeconds: number;
}

/** Rungs of the ladder, mildest first. */
export type RemedyKind = "start-server" | "start-threads" | "repoint" | "reinitialise";

export interface Pair {
  readonly profile: "layer7-gateway" | "plain-mysql";
  readonly procedure: "vendor";
  readonly primary: DatabaseNode;
  readonly secondary: DatabaseNode;
  readonly processingNodes: readonly Host[];
  /** MySQL accounts of the application; their sessions prove who serves. */
  readonly applicationAccounts: readonly string[];
  readonly policy: Policy;
  /** A change forces a reinitialisation of a healthy pair. */
  readonly triggers: readonly string[];
}

/** Decrypted at use, never an input or an output. */
export interface Secrets {
  readonly sshPrivateKey?: string | undefined;
  readonly sshPrivateKeyPassword?: string | undefined;
  readonly primaryMysqlPassword?: string | undefined;
  readonly secondaryMysqlPassword?: string | undefined;
}

/** A restart or a cleaner of temporary files takes away what lies there. `path` is normalised. */
export const isTemporary = (path: string): boolean => /^\/(tmp|var\/tmp|dev|run|var\/run|proc|sys)(\/|$)/.test(path);

export const otherSide = (side: Side): Side => (side === "primary" ? "secondary" : "primary");
export const databaseNodes = (pair: Pair): readonly DatabaseNode[] => [pair.primary, pair.secondary];
/** Every host that runs the application, primary first (the order in which gateways are started). */
export const gatewayHosts = (pair: Pair): readonly Host[] =>
  [pair.primary, pair.secondary, ...pair.processingNodes].filter((host) => host.gateway);
