import type { Node } from "../node/node.ts";
import { poll } from "../node/poll.ts";
import { observeGatewayHost } from "../observe/gateway-hosts.ts";
import { applicationSessions } from "../observe/sessions.ts";
import type { Context, GatewayHostShell } from "./step.ts";

const STATEMENT_MS = 30_000;
const QUIET_MS = 180_000;
const START_MS = 600_000;
/** Looks that must all be quiet, one after the other: a stop that returned early shows in a later one. */
const QUIET_LOOKS = 3;
const QUIET_INTERVAL_MS = 1000;

/** The donor refuses writes while the gateways are stopped, so that one that comes back by itself writes nothing. */
export const holdWrites = async (node: Node): Promise<void> => {
  for (const statement of node.dialect.holdWrites()) await node.query(statement, STATEMENT_MS);
};

export const releaseWrites = async (node: Node): Promise<void> => {
  for (const statement of node.dialect.releaseWrites()) await node.query(statement, STATEMENT_MS);
};

/** What still runs: processes and ports on the hosts, sessions on both servers. Empty: quiet. */
export const stillRunning = async (context: Context): Promise<readonly string[]> => {
  const hosts = await Promise.all(context.hosts.map(signsOf));
  const nodes = context.hosts.length === 0 ? [] : [context.donor, context.recipient];
  const sessions = await Promise.all(
    nodes.map(async (node) =>
      (await applicationSessions(node, context.pair.applicationAccounts)).map(
        ({ user, host, id }) => `session ${id} of ${user}@${host} on ${node.host.name}`,
      ),
    ),
  );
  return [...hosts.flat(), ...sessions.flat()];
};

const signsOf = async ({ host, shell }: GatewayHostShell): Promise<readonly string[]> => {
  const facts = await observeGatewayHost(shell, host.gateway);
  if (!facts.reachable) return [`${host.name} could not be asked: ${facts.reason}`];
  return [
    ...(facts.processes > 0 ? [`${facts.processes} gateway processes on ${host.name}`] : []),
    ...facts.listeningPorts.map((port) => `port ${port} open on ${host.name}`),
  ];
};

export const untilQuiet = async (context: Context): Promise<void> => {
  let quietLooks = 0;
  let last: readonly string[] = [];
  await poll(
    {
      waitingFor: "the gateways to be stopped",
      limitMs: QUIET_MS,
      intervalMs: QUIET_INTERVAL_MS,
      next: "stop these by hand, then run pulumi up again",
    },
    async () => {
      last = await stillRunning(context);
      quietLooks = last.length === 0 ? quietLooks + 1 : 0;
      if (last.length > 0) await context.tell(`waiting for: ${last.join("; ")}`, true);
      return quietLooks >= QUIET_LOOKS ? true : undefined;
    },
    () => last.join("; "),
  );
};

/** Starts one gateway and proves it: processes, ports, a new session on the donor, the ping. */
export const startGateway = async (context: Context, target: GatewayHostShell): Promise<void> => {
  const { host, shell } = target;
  const { donor, pair, tell } = context;
  const accounts = pair.applicationAccounts;
  const before = (await applicationSessions(donor, accounts)).length;
  await tell(`${host.name}: starting its gateway`);
  await shell.script('exec "$@"', host.gateway.start, START_MS);
  let seen = "";
  await poll(
    {
      waitingFor: `the gateway on ${host.name} to serve from ${donor.host.name}`,
      limitMs: START_MS,
      intervalMs: 500,
      node: host.name,
      next: "look at the gateway's own log there; the databases are fine",
    },
    async () => {
      const facts = await observeGatewayHost(shell, host.gateway);
      const listens = host.gateway.ports.some((port) => facts.listeningPorts.includes(port));
      const fresh = (await applicationSessions(donor, accounts)).length - before;
      const connected = fresh > 0 || accounts.length === 0;
      const up = facts.processes > 0 && listens && connected && (await pings(target));
      seen = `${facts.processes} processes, ports ${facts.listeningPorts.join(" ") || "none"}, ${fresh} new sessions on the donor`;
      await tell(`${host.name}: ${seen}`, true);
      return up ? true : undefined;
    },
    () => seen,
  );
};

/** curl is on every appliance; a host without it is proved by processes, ports and sessions. */
const pingScript = 'command -v curl >/dev/null || exit 0; curl -fsSk --max-time 25 -o /dev/null -- "$1"';

const pings = async ({ host, shell }: GatewayHostShell): Promise<boolean> =>
  !host.gateway.pingUrl || (await shell.tryScript(pingScript, [host.gateway.pingUrl], 30_000)).exitCode === 0;
