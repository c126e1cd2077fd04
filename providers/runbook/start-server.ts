import { SafetyError } from "../errors.ts";
import { sql } from "../mysql/statement.ts";
import { poll } from "../node/poll.ts";
import type { Reach } from "../observe/observe.ts";
import type { DatabaseNode } from "../pair.ts";

const STATEMENT_MS = 15_000;
const SERVICE_MS = 300_000;

/** Starts a MySQL server that is proved down (its host answers, nobody listens), and waits until it answers. */
export const startServer = async (host: DatabaseNode, reach: Reach): Promise<void> => {
  const command = host.mysql.startService;
  if (!command)
    throw new SafetyError("its MySQL server is down, and mysql.startService is not set", {
      node: host.name,
      next: "start it by hand, then run npx pulumi refresh",
    });
  const shell = await reach.shell(host);
  await shell.script('exec "$@"', command, SERVICE_MS);
  await poll({ waitingFor: "the MySQL server to answer", limitMs: SERVICE_MS, intervalMs: 500, node: host.name }, () =>
    answers(host, reach),
  );
};

const answers = async (host: DatabaseNode, reach: Reach): Promise<true | undefined> => {
  try {
    await (await reach.node(host)).query(sql`SELECT 1`, STATEMENT_MS);
    return true;
  } catch {
    return undefined;
  }
};
