import { type Statement, sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";
import { poll } from "../node/poll.ts";
import { observeGatewayHost } from "../observe/gateway-hosts.ts";
import { applicationSessions } from "../observe/sessions.ts";
import { clientOf, outlived, type SessionThere } from "./outlived.ts";
import { variable } from "./replica.ts";
import { endSession } from "./sessions.ts";
import type { Context, Facts, GatewayHostShell, ReadOnly } from "./step.ts";

const STATEMENT_MS = 30_000;
/** Looks that must all be quiet, one after the other: a stop that returned early shows in a later one. */
const QUIET_LOOKS = 3;
const QUIET_INTERVAL_MS = 1000;

/**
 * Both nodes refuse writes while the gateways are stopped: one that comes back by itself, or a writer that nobody named,
 * changes neither copy behind the comparison.
 */
export const holdWrites = async (node: Node): Promise<void> => {
  for (const statement of node.dialect.holdWrites()) await node.query(statement, STATEMENT_MS);
};

export const readOnlyOf = async (node: Node): Promise<ReadOnly> => {
  if ((await variable(node, "super_read_only")) === "ON") return "super_read_only";
  return (await variable(node, "read_only")) === "ON" ? "read_only" : "off";
};

export const releaseWrites = async (node: Node, facts: Facts): Promise<void> => {
  for (const statement of writesAsBefore(node, facts)) await node.query(statement, STATEMENT_MS);
};

/** As it was before this run. */
export const writesAsBefore = (node: Node, { readOnlyBefore }: Facts): readonly Statement[] => {
  const before = readOnlyBefore?.[node.host.side] ?? "off";
  return [
    ...node.dialect.releaseWrites(),
    ...(before === "read_only" ? [sql`SET GLOBAL read_only = ON`] : []),
    ...(before === "super_read_only" ? node.dialect.holdWrites() : []),
  ];
};

interface Running {
  /** Processes and ports. */
  readonly onHosts: readonly string[];
  /** Hosts that could not be asked, and why. */
  readonly unasked: readonly string[];
  readonly sessions: readonly SessionThere[];
}

const whatRuns = async (context: Context): Promise<Running> => {
  const looks = await Promise.all(context.hosts.map(lookAt));
  const nodes = context.hosts.length === 0 ? [] : [context.donor, context.recipient];
  const sessions = await Promise.all(
    nodes.map(async (node) => {
      const seen = await applicationSessions(node, context.pair.applicationAccounts);
      return seen.map((session) => ({ node, session }));
    }),
  );
  return {
    onHosts: looks.flatMap(({ signs }) => signs),
    unasked: looks.flatMap(({ unasked }) => unasked),
    sessions: sessions.flat(),
  };
};

const signsOf = ({ onHosts, sessions }: Running): readonly string[] => [
  ...onHosts,
  ...sessions.map((its) => `session ${its.session.id} of ${clientOf(its)}`),
];

/** Signs of what still runs: processes and ports on the hosts, sessions on both servers; and hosts that were not asked. */
export const stillRunning = async (context: Context) => {
  const running = await whatRuns(context);
  return { signs: signsOf(running), unasked: running.unasked };
};

const lookAt = async ({ host, shell }: GatewayHostShell) => {
  const facts = await observeGatewayHost(shell, host.gateway);
  if (!facts.reachable) return { signs: [], unasked: [`${host.name} could not be asked: ${facts.reason}`] };
  const processes = facts.processes > 0 ? [`${facts.processes} gateway processes on ${host.name}`] : [];
  return {
    signs: [...processes, ...facts.listeningPorts.map((port) => `port ${port} open on ${host.name}`)],
    unasked: [],
  };
};

export const untilQuiet = async (context: Context): Promise<void> => {
  let quietLooks = 0;
  let last: readonly string[] = [];
  const ended = new Set<string>();
  await poll(
    {
      waitingFor: "the gateways to be stopped",
      limitMs: context.pair.policy.gatewayStopSeconds * 1000,
      intervalMs: QUIET_INTERVAL_MS,
      next: "stop these by hand, then run pulumi up again",
    },
    async () => {
      const running = await whatRuns(context);
      const dead = running.onHosts.length + running.unasked.length === 0 ? outlived(running.sessions, ended) : [];
      for (const client of new Set(dead.map(clientOf))) {
        ended.add(client);
        await context.tell(`ending sessions that outlived their gateway: ${client}`);
      }
      for (const { node, session } of dead) await endSession(node, session.id);
      last = [...running.unasked, ...signsOf(running)];
      quietLooks = last.length === 0 ? quietLooks + 1 : 0;
      if (last.length > 0) await context.tell(`waiting for: ${last.join("; ")}`, true);
      return quietLooks >= QUIET_LOOKS ? true : undefined;
    },
    () => last.join("; "),
  );
};

/** What it takes to bring the application back. */
export type Service = Pick<Context, "donor" | "hosts" | "facts" | "pair" | "guard" | "tell"> & {
  readonly recipient?: Node;
};

/**
 * Nodes from which the application may be served. It prefers the primary: where that is the recipient it goes there, as
 * long as no fence is closed. One that cannot be asked serves nobody.
 */
const servingNodes = async ({ donor, recipient }: Service): Promise<readonly Node[]> => {
  const fenced = recipient ? await variable(recipient, "offline_mode").catch(() => "unknown") : "unknown";
  return recipient && fenced === "OFF" ? [donor, recipient] : [donor];
};

const sessionsOn = async (nodes: readonly Node[], { pair }: Service): Promise<number> => {
  const seen = await Promise.all(nodes.map((node) => applicationSessions(node, pair.applicationAccounts)));
  return seen.flat().length;
};

/** Runs already, by all that can be asked from outside. One whose stop is under way does not: it is waited for. */
export const serves = async (context: Service, target: GatewayHostShell): Promise<boolean> => {
  const { host, shell } = target;
  const { pair } = context;
  let running = false;
  await poll(
    {
      waitingFor: `the stop of the gateway on ${host.name}`,
      limitMs: pair.policy.gatewayStopSeconds * 1000,
      intervalMs: 500,
      node: host.name,
    },
    async () => {
      const { processes, listeningPorts } = await observeGatewayHost(shell, host.gateway);
      const listens = host.gateway.ports.some((port) => listeningPorts.includes(port));
      running = processes > 0 && listens && (await pings(target));
      return running || processes === 0 ? true : undefined;
    },
  );
  if (!running || pair.applicationAccounts.length === 0) return running;
  return (await sessionsOn(await servingNodes(context), context)) > 0;
};

/** Starts one gateway and proves it: processes, ports, a new session on a whole node, the ping. */
export const startGateway = async (context: Service, target: GatewayHostShell): Promise<void> => {
  const { host, shell } = target;
  const { pair, tell } = context;
  const nodes = await servingNodes(context);
  const names = nodes.map((node) => node.host.name);
  const limitMs = pair.policy.gatewayStartSeconds * 1000;
  const before = await sessionsOn(nodes, context);
  await tell(`${host.name}: starting its gateway`);
  await shell.script('exec "$@"', host.gateway.start, limitMs);
  let seen = "";
  await poll(
    {
      waitingFor: `the gateway on ${host.name} to serve from ${names.join(" or ")}`,
      limitMs,
      intervalMs: 500,
      node: host.name,
      next: "look at the gateway's own log there; the databases are fine",
    },
    async () => {
      const facts = await observeGatewayHost(shell, host.gateway);
      const listens = host.gateway.ports.some((port) => facts.listeningPorts.includes(port));
      const fresh = (await sessionsOn(nodes, context)) - before;
      const connected = fresh > 0 || pair.applicationAccounts.length === 0;
      const up = facts.processes > 0 && listens && connected && (await pings(target));
      seen = `${facts.processes} processes, ports ${facts.listeningPorts.join(" ") || "none"}, ${fresh} new sessions on ${names.join(" and ")}`;
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
