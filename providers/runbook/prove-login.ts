import { peerOptions } from "../clone/client-options.ts";
import { SafetyError } from "../errors.ts";
import { replicationAccount } from "../mysql/run-accounts.ts";
import { sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";
import { noLoginFile } from "../node/option-file.ts";
import { addressOf } from "./accounts.ts";
import { readFenceMarker } from "./fence-marker.ts";
import type { Context } from "./step.ts";

const STATEMENT_MS = 15_000;
const SCRIPT_MS = 30_000;

type Run = Pick<Context, "runId" | "accountPassword" | "facts">;

/** $1 client folder, $2 option file, $3 name of a lock. */
const loginScript = `
[ -z "$1" ] || PATH=$1:$PATH
printf '%s' "$2" | ${noLoginFile} mysql --defaults-file=/dev/stdin --batch --skip-column-names --connect-timeout=10 --execute "SELECT IS_USED_LOCK('$3')"
`;

/**
 * Logs in from one node to the other as replication will: by the configured name, as this run's account, which no cache
 * knows yet. The server that answers must be the one that is asked here: it alone knows who holds this run's lock.
 */
export const proveLogin = async (context: Run, from: Node, to: Node): Promise<void> => {
  const { runId, accountPassword } = context;
  const user = replicationAccount(runId);
  const { host, port } = to.host.replication;
  const lock = `replication_pair_${runId}`;
  const holder = await to.openSession(STATEMENT_MS);
  try {
    await holder.query(sql`SELECT GET_LOCK(${lock}, 0)`, STATEMENT_MS);
    const options = peerOptions(from, to, { user, password: accountPassword }, tlsOption(context, to));
    const args = [from.host.clientFolder ?? "", options, lock];
    const { exitCode, stdout, stderr } = await from.tryScript(loginScript, args, SCRIPT_MS);
    // Past the fence it lets nobody in but administrators; the account is proved when its link is wired.
    if (stderr.includes("ERROR 3032") && (await readFenceMarker(to))) return;
    if (exitCode !== 0)
      throw new SafetyError(
        `it cannot log in to ${to.host.name} at ${host}:${port} as ${user}@${addressOf(from)}: ${(stderr.trim() || stdout.trim()).split("\n").at(-1) || "no answer"}`,
        {
          node: from.host.name,
          next: `see how ${to.host.name} sees this node (replication.bindAddress), what it asks of accounts, and the firewall; then run npx pulumi up again`,
        },
      );
    if (stdout.trim() !== String(holder.connectionId))
      throw new SafetyError(
        `${host}:${port}, where it would replicate from, is another server than the ${to.host.side} that was looked at`,
        { node: from.host.name, next: `correct replication.host, replication.port or mysql of ${to.host.name}` },
      );
  } finally {
    await holder.close();
  }
};

/** As the link will be: see SourceSettings.tls. */
const tlsOption = ({ facts }: Pick<Context, "facts">, { dialect }: Node): Readonly<Record<string, string>> => {
  if (facts.tlsBefore) return { "loose-ssl-mode": "REQUIRED" };
  return dialect.family === "mysql-8.0" ? { "loose-ssl-mode": "DISABLED" } : {};
};
