import { LimitError, UnreachableError } from "../../providers/errors.ts";
import { defaultLimits } from "../../providers/node/node.ts";
import { poll } from "../../providers/node/poll.ts";
import { type Link, openLink } from "../../providers/node/ssh.ts";
import type { Secrets, SshEndpoint } from "../../providers/pair.ts";
import { type Properties, textOf } from "./properties.ts";

/** No connection attempt is without a limit, whatever perDialTimeout says. */
const dialSecondsMax = 60;
const dialAttemptsMax = 20;
const pauseMs = 1000;

const openLinks = new Set<Link>();

/** Logs in as the plain `connection` says, with its pinned host key and within its limits, and closes afterwards. */
export async function withLink<T>(connection: Properties, work: (link: Link) => Promise<T>): Promise<T> {
  const link = await dial(connection);
  openLinks.add(link);
  try {
    return await work(link);
  } finally {
    openLinks.delete(link);
    await link.close();
  }
}

/** For the engine's cancel: what runs then fails at once. */
export const closeLinks = async (): Promise<void> => {
  await Promise.all([...openLinks].map((link) => link.close()));
};

async function dial(connection: Properties): Promise<Link> {
  const endpoint = endpointOf(connection);
  const limits = { ...defaultLimits, connectMs: dialSeconds(connection) * 1000 };
  const attempts = dialAttempts(connection);
  const limitMs = attempts * (limits.connectMs + pauseMs);
  let failures = 0;
  const wait = { waitingFor: `SSH to ${endpoint.host}`, limitMs, intervalMs: pauseMs, node: endpoint.host };
  return poll(wait, async () => {
    try {
      return await openLink(endpoint.host, endpoint, secretsOf(connection), limits);
    } catch (error) {
      failures += 1;
      if (error instanceof UnreachableError && error.retryable && failures < attempts) return undefined;
      throw error;
    }
  });
}

function endpointOf(connection: Properties): SshEndpoint {
  const host = textOf(connection.host) ?? "";
  const hostKey = textOf(connection.hostKey);
  if (!hostKey)
    throw new UnreachableError(`${host}: the connection has no hostKey, so the host cannot be told from an impostor`, {
      node: host,
    });
  if (connection.password)
    throw new UnreachableError(`${host}: this command plugin logs in by key or agent, not by password`, { node: host });
  const agent = connection.privateKey ? undefined : (textOf(connection.agentSocketPath) ?? process.env.SSH_AUTH_SOCK);
  const { proxy } = connection;
  return {
    host,
    port: Number(connection.port ?? 22),
    user: textOf(connection.user) ?? "root",
    hostKey,
    ...(agent ? { agentSocketPath: agent } : {}),
    ...(proxy ? { proxy: endpointOf({ ...connection, ...(proxy as Properties), proxy: undefined }) } : {}),
  };
}

/** One key for all hops: that of the host itself. */
const secretsOf = (connection: Properties): Secrets => ({
  sshPrivateKey: textOf(connection.privateKey),
  sshPrivateKeyPassword: textOf(connection.privateKeyPassword),
});

function dialSeconds({ perDialTimeout }: Properties): number {
  const asked = Number(perDialTimeout ?? 15);
  return asked > 0 ? Math.min(asked, dialSecondsMax) : dialSecondsMax;
}

function dialAttempts({ dialErrorLimit }: Properties): number {
  const asked = Number(dialErrorLimit ?? 10);
  return asked >= 0 ? Math.min(asked + 1, dialAttemptsMax) : dialAttemptsMax;
}

/** An error as one text: what happened, and what to do next. */
export function wordsOf(error: unknown): string {
  if (error instanceof UnreachableError || error instanceof LimitError)
    return error.next ? `${error.message.replace(/\.$/, "")}. ${error.next}` : error.message;
  return error instanceof Error ? error.message : String(error);
}
