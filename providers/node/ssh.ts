import { readFileSync } from "node:fs";
import type { Duplex } from "node:stream";
import { Client, type ConnectConfig } from "ssh2";
import { UnreachableError } from "../errors.ts";
import type { Secrets, SshEndpoint } from "../pair.ts";
import { type Channel, endOf } from "./channel.ts";
import { algorithmsFor, fingerprint, parseHostKey } from "./host-key.ts";
import { withLimit } from "./limit.ts";
import type { Limits } from "./node.ts";

/** One live SSH connection, through its jump hosts. */
export interface Link {
  /**
   * Runs constant command text; nothing from configuration may stand in it. The host takes only those variables that
   * its AcceptEnv names.
   */
  exec(command: string, environment?: Readonly<Record<string, string>>): Promise<Channel>;
  forwardSocket(path: string): Promise<Duplex>;
  forwardTcp(host: string, port: number): Promise<Duplex>;
  /** True once the transport is gone; the error says why. */
  lost(): UnreachableError | undefined;
  onLost(listener: () => void): void;
  close(): Promise<void>;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Opens the connection, or throws UnreachableError. `name` is the host's name for messages. */
export const openLink = async (
  name: string,
  endpoint: SshEndpoint,
  secrets: Secrets,
  limits: Limits,
): Promise<Link> => {
  const jump = endpoint.proxy ? await openLink(`${name} (jump host)`, endpoint.proxy, secrets, limits) : undefined;
  try {
    const sock = jump ? await jump.forwardTcp(endpoint.host, endpoint.port) : undefined;
    const client = await connect(name, endpoint, secrets, limits, sock);
    return linkOf(name, client, jump, limits);
  } catch (error) {
    await jump?.close();
    throw error;
  }
};

const at = (endpoint: SshEndpoint): string => `${endpoint.user}@${endpoint.host}:${endpoint.port}`;

/** How the runner proves who it is. The key file is read at use, never kept. */
const credentials = (name: string, endpoint: SshEndpoint, secrets: Secrets): Partial<ConnectConfig> => {
  const passphrase = secrets.sshPrivateKeyPassword ? { passphrase: secrets.sshPrivateKeyPassword } : {};
  const agent = endpoint.agentSocketPath ? { agent: endpoint.agentSocketPath } : {};
  if (endpoint.privateKeyPath) {
    try {
      return { privateKey: readFileSync(endpoint.privateKeyPath), ...passphrase, ...agent };
    } catch (cause) {
      throw new UnreachableError(`${name}: the private key file cannot be read: ${messageOf(cause)}`, {
        node: name,
        next: "Correct privateKeyPath, or give the key as the secret setting sshPrivateKey.",
        cause,
      });
    }
  }
  if (endpoint.agentSocketPath) return agent;
  if (secrets.sshPrivateKey) return { privateKey: secrets.sshPrivateKey, ...passphrase };
  throw new UnreachableError(`${name}: there is no SSH key to log in with`, {
    node: name,
    next: "Set privateKeyPath or agentSocketPath in the connection, or the secret setting sshPrivateKey.",
  });
};

const connect = async (
  name: string,
  endpoint: SshEndpoint,
  secrets: Secrets,
  limits: Limits,
  sock: Duplex | undefined,
): Promise<Client> => {
  const pinned = parseHostKey(endpoint.hostKey, name);
  const login = credentials(name, endpoint, secrets);
  const client = new Client();
  let shown: Buffer | undefined;
  const ready = new Promise<Client>((resolve, reject) => {
    client.once("ready", () => {
      // Else every SQL round trip waits some 40 ms for a delayed acknowledgement.
      client.setNoDelay(true);
      resolve(client);
    });
    client.on("error", reject);
    client.once("close", () => reject(new Error("the connection was closed")));
    client.connect({
      host: endpoint.host,
      port: endpoint.port,
      username: endpoint.user,
      ...login,
      ...(sock && { sock: sock as never }),
      authHandler: [...(login.privateKey ? ["publickey" as const] : []), ...(login.agent ? ["agent" as const] : [])],
      agentForward: false,
      algorithms: { serverHostKey: [...algorithmsFor(pinned.type)] as never },
      // The raw key: a comparison of hashes breaks at the first rekey. It comes before any attempt to log in.
      hostVerifier: (key: Buffer) => {
        shown = key;
        return key.equals(pinned.raw);
      },
      readyTimeout: limits.connectMs,
      keepaliveInterval: limits.keepaliveMs,
      keepaliveCountMax: 3,
    });
  });
  try {
    return await withLimit(ready, limits.connectMs + 500, () => new Error("timed out"));
  } catch (cause) {
    client.destroy();
    if (shown && !shown.equals(pinned.raw)) throw wrongKey(name, endpoint, pinned.raw, shown);
    throw unreachable(name, endpoint, pinned.type, limits, cause);
  }
};

const wrongKey = (name: string, endpoint: SshEndpoint, pinned: Buffer, shown: Buffer): UnreachableError =>
  new UnreachableError(
    `${name}: ${endpoint.host}:${endpoint.port} shows another host key than the pinned one: pinned ${fingerprint(pinned)}, ` +
      `shown ${fingerprint(shown)}. Nothing was sent to it.`,
    {
      node: name,
      next: "Find out why. If the host was reinstalled on purpose, read its new key on its console and change hostKey.",
    },
  );

const unreachable = (
  name: string,
  endpoint: SshEndpoint,
  type: string,
  limits: Limits,
  cause: unknown,
): UnreachableError => {
  const words = messageOf(cause);
  const where = `${name}: no SSH connection to ${at(endpoint)}`;
  const level = (cause as { level?: string }).level;
  if (level === "client-authentication")
    return new UnreachableError(`${where}: the login was refused (${words})`, {
      node: name,
      next: `Check that the public key stands in authorized_keys of ${endpoint.user} and that the host allows this login.`,
      cause,
    });
  if (/no matching host key/.test(words))
    return new UnreachableError(`${where}: the host has no key of the pinned type ${type}`, {
      node: name,
      next: "Read the host's keys on its console (ls /etc/ssh/ssh_host_*_key.pub) and pin one of them.",
      cause,
    });
  if (/privateKey|passphrase|Unsupported key format/i.test(words))
    return new UnreachableError(`${name}: the SSH key cannot be used: ${words}`, {
      node: name,
      next: "Give a private key in OpenSSH or PEM form, and its passphrase as the secret setting sshPrivateKeyPassword.",
      cause,
    });
  const timedOut = /timed out/i.test(words);
  return new UnreachableError(
    timedOut ? `${where}: no answer within ${limits.connectMs / 1000} s` : `${where}: ${words}`,
    {
      node: name,
      next: "Check that the host is up and that its SSH port can be reached from here.",
      retryable: true,
      cause,
    },
  );
};

const linkOf = (name: string, client: Client, jump: Link | undefined, limits: Limits): Link => {
  let reason: UnreachableError | undefined;
  let closed = false;
  const listeners = new Set<() => void>();
  const gone = (words: string, cause?: unknown): void => {
    if (reason) return;
    reason = new UnreachableError(`${name}: the SSH connection was lost: ${words}`, {
      node: name,
      retryable: true,
      cause,
    });
    for (const listener of listeners) listener();
    client.destroy();
    void jump?.close();
  };
  client.on("error", (error) => gone(messageOf(error), error));
  client.on("close", () => {
    closed = true;
    gone("it was closed");
  });

  /** A request that is not answered in time condemns the whole connection: the next use makes a new one. */
  const open = <T>(what: string, ask: (done: (error: Error | undefined, channel: T) => void) => void): Promise<T> => {
    if (reason) return Promise.reject(reason);
    let onGone = (): void => {};
    const answer = new Promise<T>((resolve, reject) => {
      ask((error, channel) => (error ? reject(openFailure(name, what, error)) : resolve(channel)));
      onGone = () => reject(reason);
      listeners.add(onGone);
    }).finally(() => listeners.delete(onGone));
    return withLimit(answer, limits.openMs, () => {
      gone(`${what} was not opened within ${limits.openMs / 1000} s`);
      return reason as Error;
    });
  };

  return {
    exec: (command, environment = {}) =>
      open<Channel>("a command channel", (done) =>
        client.exec(command, { env: { ...environment } }, (error, channel) =>
          done(error, channel && Object.assign(channel, { ended: endOf(channel) })),
        ),
      ),
    forwardSocket: (path) =>
      open<Duplex>(`the forward to the socket ${path}`, (done) => client.openssh_forwardOutStreamLocal(path, done)),
    forwardTcp: (host, port) =>
      open<Duplex>(`the forward to ${host}:${port}`, (done) => client.forwardOut("127.0.0.1", 0, host, port, done)),
    lost: () => reason,
    onLost: (listener) => {
      if (reason) listener();
      else listeners.add(listener);
    },
    async close() {
      reason ??= new UnreachableError(`${name}: the SSH connection was closed by us`, { node: name, retryable: true });
      if (!closed) {
        const end = new Promise<void>((resolve) => client.once("close", () => resolve()));
        client.end();
        await withLimit(end, 2_000, () => new Error("not closed")).catch(() => client.destroy());
      }
      await jump?.close();
    },
  };
};

/** OpenSSH gives the same answer for "nothing listens there" and "you may not", so the advice names both. */
const openFailure = (name: string, what: string, cause: Error): UnreachableError =>
  new UnreachableError(`${name}: ${what} was refused by the host: ${cause.message}`, {
    node: name,
    retryable: true,
    next: what.startsWith("the forward")
      ? "Check that the server behind it is up, and AllowTcpForwarding, AllowStreamLocalForwarding and DisableForwarding in the host's sshd_config."
      : "Check MaxSessions in the host's sshd_config.",
    cause,
  });
