import { ExecError } from "../errors.ts";
import type { ExecResult, Node, Shell } from "../node/node.ts";
import { poll } from "../node/poll.ts";
import { lastLines } from "../node/shell.ts";
import { observeGatewayHost } from "../observe/gateway-hosts.ts";
import { applicationSessions } from "../observe/sessions.ts";
import { type GatewayClient, sortSessions } from "./gateway-clients.ts";
import { clientOf, type SessionThere } from "./outlived.ts";
import { variable } from "./replica.ts";
import type { Context, GatewayHostShell } from "./step.ts";

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

const sessionsOn = async (nodes: readonly Node[], { pair }: Service): Promise<readonly SessionThere[]> => {
  const seen = nodes.map(async (node) =>
    (await applicationSessions(node, pair.applicationAccounts)).map((session) => ({ node, session })),
  );
  return (await Promise.all(seen)).flat();
};

/**
 * Sessions that prove that the gateway of this host is served; another gateway's prove nothing of it. `pinged`: its own word
 * that it is well does then, with any of them: a proxy or a router on another gateway's host may stand in between.
 */
const connectedBy = async (
  { sessions, pinged }: { readonly sessions: readonly SessionThere[]; readonly pinged: boolean },
  { host }: GatewayHostShell,
  clients: readonly GatewayClient[],
  tell: Service["tell"],
): Promise<boolean> => {
  const { own, unknown } = sortSessions(sessions, host.name, clients);
  const [first] = pinged ? [...unknown, ...sessions] : unknown;
  if (own.length > 0 || !first) return own.length > 0;
  await tell(
    `${host.name}: no session comes from an address of it; those from elsewhere (${clientOf(first)}) are taken for its own`,
  );
  return true;
};

/** Runs already, by all that can be asked from outside. One whose stop is under way does not: it is waited for. */
export const serves = async (
  context: Service,
  target: GatewayHostShell,
  clients: readonly GatewayClient[],
): Promise<boolean> => {
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
  const sessions = await sessionsOn(await servingNodes(context), context);
  return connectedBy({ sessions, pinged: isPinged(target) }, target, clients, context.tell);
};

/** ExecError with what it printed: service scripts say what is wrong on either stream. */
const callService = async ({ donor, pair }: Service, { host, shell }: GatewayHostShell): Promise<void> => {
  const words = host.gateway.start;
  const result = await shell.tryScript('exec "$@"', words, pair.policy.gatewayStartSeconds * 1000);
  if (result.exitCode === 0) return;
  const what = `"${words.join(" ")}" ended with exit code ${result.exitCode}: ${donor.redact(wordsOf(shell, result))}`;
  throw new ExecError(`${host.name}: ${what}`, result.exitCode, result.stderr, {
    node: host.name,
    next: "look at the gateway's own log there; the databases are fine",
  });
};

/** The last lines of both streams of a service script. */
export const wordsOf = ({ redact }: Pick<Shell, "redact">, { stdout, stderr }: ExecResult): string =>
  lastLines(redact(`${stdout}\n${stderr}`)) || "it said nothing";

/** Starts one gateway and proves it: processes, ports, a new session of that host on a whole node, the ping. */
export const startGateway = async (
  context: Service,
  target: GatewayHostShell,
  clients: readonly GatewayClient[],
): Promise<void> => {
  const { host, shell } = target;
  const { pair, tell } = context;
  const nodes = await servingNodes(context);
  const names = nodes.map((node) => node.host.name);
  const limitMs = pair.policy.gatewayStartSeconds * 1000;
  const keyOf = ({ node, session }: SessionThere): string => `${node.host.name} ${session.id}`;
  const before = new Set((await sessionsOn(nodes, context)).map(keyOf));
  await tell(`${host.name}: starting its gateway`);
  await callService(context, target);
  const startedMs = performance.now();
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
      const fresh = (await sessionsOn(nodes, context)).filter((its) => !before.has(keyOf(its)));
      const own = sortSessions(fresh, host.name, clients).own.length;
      seen = `${facts.processes} processes, ports ${facts.listeningPorts.join(" ") || "none"}, ${own} new sessions of it on ${names.join(" and ")}, ${fresh.length - own} of others`;
      await tell(`${host.name}: ${seen}`, true);
      if (facts.processes === 0 || !listens || !(await pings(target))) return undefined;
      if (pair.applicationAccounts.length === 0) return true;
      // Its own ones are waited for first.
      const pinged = isPinged(target) && performance.now() - startedMs > limitMs / 2;
      const sessions = pinged ? await sessionsOn(nodes, context) : fresh;
      return (await connectedBy({ sessions, pinged }, target, clients, tell)) || undefined;
    },
    () => seen,
  );
};

/** curl is on every appliance; a host without it is proved by processes, ports and sessions. */
const pingScript = 'command -v curl >/dev/null || exit 0; curl -fsSk --max-time 25 -o /dev/null -- "$1"';

const isPinged = ({ host }: GatewayHostShell): boolean => host.gateway.pingUrl !== undefined;

const pings = async ({ host, shell }: GatewayHostShell): Promise<boolean> =>
  !host.gateway.pingUrl || (await shell.tryScript(pingScript, [host.gateway.pingUrl], 30_000)).exitCode === 0;
