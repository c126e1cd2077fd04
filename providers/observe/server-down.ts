import type { Shell } from "../node/node.ts";
import type { DatabaseNode } from "../pair.ts";
import { type Listener, parseListener, portsAt } from "./listening.ts";

const LOOK_MS = 20_000;

/** 00010000 marks a socket that accepts connections. */
const lookScript = `
awk '$4 == "00010000" { print "socket " $8 }' /proc/net/unix
for table in /proc/net/tcp /proc/net/tcp6; do
  [ -r "$table" ] && awk '$4 == "0A" { print "listen " $2 }' "$table"
done
echo end
`;

/**
 * Whether nobody listens where the MySQL server of this host should: it does not run, which is more than "could not be
 * asked". A server that hangs still listens. One that is called directly may be elsewhere; only a refused connection says
 * that it is down.
 */
export const isServerDown = async (
  reason: string,
  shell: Pick<Shell, "script">,
  { mysql }: Pick<DatabaseNode, "mysql">,
): Promise<boolean> => {
  if (mysql.through === "direct") return reason.includes("ECONNREFUSED");
  const lines = (await shell.script(lookScript, [], LOOK_MS)).stdout.split("\n");
  if (!lines.includes("end")) return false;
  if (mysql.through === "socket") return !lines.includes(`socket ${mysql.socketPath}`);
  const listeners = lines.filter((line) => line.startsWith("listen ")).map((line) => parseListener(line.slice(7)));
  return !portsAt(
    mysql.host,
    listeners.filter((one): one is Listener => one !== undefined),
  ).includes(mysql.port);
};
