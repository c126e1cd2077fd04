import { UnreachableError } from "../errors.ts";
import { dialectFor } from "../mysql/dialect-for.ts";
import { sql } from "../mysql/statement.ts";
import type { DatabaseNode, Host, Secrets } from "../pair.ts";
import type { MysqlDoor, OwnSession } from "./mysql.ts";
import { defaultLimits, type Limits, type Node, type Session, type Shell } from "./node.ts";
import { toOneServer } from "./one-server.ts";
import { parseOptionFile } from "./option-file.ts";
import { connectShell, type SshShell } from "./ssh-shell.ts";

/** A host to run scripts on. Connects at first use; throws nothing itself. */
export const openShell = (host: Host, secrets: Secrets, limits: Limits = defaultLimits): Shell =>
  connectShell(host, secrets, limits);

/** A database node, asked for its version. Throws what the first question throws; then nothing is left open. */
export const openNode = async (host: DatabaseNode, secrets: Secrets, limits: Limits = defaultLimits): Promise<Node> => {
  const shell = connectShell(host, secrets, limits);
  const door = doorOf(host, secrets, shell, limits);
  const own = new Set<Session>();
  const openSession = toOneServer(door);
  let shared: Promise<OwnSession> | undefined;

  const sharedSession = async (): Promise<OwnSession> => {
    const present = shared;
    if (
      present &&
      !(await present.then(
        (session) => session.lost(),
        () => true,
      ))
    )
      return present;
    // Whoever asked at the same time may have opened one already.
    if (shared === present) shared = openSession(limits.connectMs);
    return shared as Promise<OwnSession>;
  };

  const query: Node["query"] = async (statement, timeoutMs) => (await sharedSession()).query(statement, timeoutMs);

  const close = async (): Promise<void> => {
    const session = await shared?.catch(() => undefined);
    await Promise.all([session, ...own].map((open) => open?.close()));
    await shell.close();
  };

  try {
    const [row] = await query<{ version: string; comment: string }>(
      sql`SELECT VERSION() AS version, @@version_comment AS comment`,
      limits.connectMs,
    );
    return {
      host,
      redact: shell.redact,
      script: shell.script,
      tryScript: shell.tryScript,
      dialect: dialectFor(row?.version ?? "", row?.comment ?? ""),
      query,
      async openSession(timeoutMs) {
        const session = await openSession(timeoutMs);
        const tracked: Session = {
          ...session,
          close() {
            own.delete(tracked);
            return session.close();
          },
        };
        own.add(tracked);
        return tracked;
      },
      credentials: door.credentials,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

const doorOf = (host: DatabaseNode, secrets: Secrets, shell: SshShell, limits: Limits): MysqlDoor => ({
  name: host.name,
  access: host.mysql,
  connectMs: limits.connectMs,
  redact: shell.redact,
  credentials: () => credentialsOf(host, secrets, shell, limits),
  async transport() {
    if (host.mysql.through === "socket") return shell.forwardSocket(host.mysql.socketPath);
    if (host.mysql.through === "tunnel") return shell.forwardTcp(host.mysql.host, host.mysql.port);
    return undefined;
  },
});

/** Account for SQL: the node's own option file wins; its contents are used for one login and hidden in every message. */
const credentialsOf = async (
  host: DatabaseNode,
  secrets: Secrets,
  shell: SshShell,
  limits: Limits,
): Promise<{ user: string; password: string }> => {
  const { optionFile, user } = host.mysql;
  if (optionFile !== undefined) {
    const result = await shell.tryScript(`id -un && cat -- "$1"`, [optionFile], limits.connectMs);
    if (result.exitCode !== 0)
      throw new UnreachableError(
        `${host.name}: the option file ${optionFile} cannot be read: ${result.stderr.trim()}`,
        {
          node: host.name,
          next: "Correct mysql.optionFile, or set mysql.user and the secret setting of this side's password.",
        },
      );
    const [login = "root", ...lines] = result.stdout.split("\n");
    const options = parseOptionFile(lines.join("\n"), ["client", "mysql"]);
    if (options.password) shell.hide(options.password);
    return { user: options.user ?? user ?? login, password: options.password ?? "" };
  }
  const password = host.side === "primary" ? secrets.primaryMysqlPassword : secrets.secondaryMysqlPassword;
  if (user === undefined || password === undefined)
    throw new UnreachableError(`${host.name}: there is no MySQL account to log in with`, {
      node: host.name,
      next: `Set mysql.optionFile, or mysql.user and the secret setting ${host.side}MysqlPassword.`,
    });
  return { user, password };
};
