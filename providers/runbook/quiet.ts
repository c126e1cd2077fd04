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

/** What was seen, and of which host. */
export interface Sign {
  readonly host: string;
  readonly text: string;
}

interface Running {
  /** Processes and ports. */
  readonly onHosts: readonly Sign[];
  /** Hosts that could not be asked, and why. */
  readonly unasked: readonly Sign[];
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

const signsOf = ({ onHosts, sessions }: Running): readonly Sign[] => [
  ...onHosts,
  ...sessions.map((its) => ({ host: its.node.host.name, text: `session ${its.session.id} of ${clientOf(its)}` })),
];

export const signsText = (signs: readonly Sign[]): string => signs.map(({ text }) => text).join("; ");

/** Signs of what still runs: processes and ports on the hosts, sessions on both servers; and hosts that were not asked. */
export const stillRunning = async (context: Context) => {
  const running = await whatRuns(context);
  return { signs: signsOf(running), unasked: running.unasked };
};

const lookAt = async ({ host: { name, gateway }, shell }: GatewayHostShell) => {
  const facts = await observeGatewayHost(shell, gateway);
  const of = (text: string): Sign => ({ host: name, text });
  if (!facts.reachable) return { signs: [], unasked: [of(`${name} could not be asked: ${facts.reason}`)] };
  const processes = facts.processes > 0 ? [of(`${facts.processes} gateway processes on ${name}`)] : [];
  return {
    signs: [...processes, ...facts.listeningPorts.map((port) => of(`port ${port} open on ${name}`))],
    unasked: [],
  };
};

export const untilQuiet = async (context: Context): Promise<void> => {
  let quietLooks = 0;
  let last: readonly Sign[] = [];
  const ended = new Set<string>();
  await poll(
    {
      waitingFor: "the gateways to be stopped",
      limitMs: context.pair.policy.gatewayStopSeconds * 1000,
      intervalMs: QUIET_INTERVAL_MS,
      next: "stop these by hand, then run npx pulumi up again",
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
      if (last.length > 0) await context.tell(`waiting for: ${signsText(last)}`, true);
      return quietLooks >= QUIET_LOOKS ? true : undefined;
    },
    () => signsText(last),
  );
};
