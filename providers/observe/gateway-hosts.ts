import { ExecError } from "../errors.ts";
import type { Shell } from "../node/node.ts";
import type { GatewayService } from "../pair.ts";
import { couldNotLook } from "./could-not-look.ts";
import { type Listener, parseListener, portsAt } from "./listening.ts";
import { parseNodeProperties } from "./node-properties.ts";
import type { GatewayHostFacts } from "./observation.ts";

const LOOK_MS = 20_000;

/**
 * $1 pattern, $2 properties file or empty. Every line of the answer begins with its kind. The kernel's own tables,
 * because ss and netstat may be missing. Of node.properties only the named keys are read: it also holds passwords.
 */
const lookScript = `
pids=$(pgrep -f -- "$1"); found=$?
[ "$found" -le 1 ] || { echo "pgrep ended with $found" >&2; exit 3; }
for pid in $pids; do [ "$pid" = "$$" ] || echo "process $pid"; done
for table in /proc/net/tcp /proc/net/tcp6; do
  [ -r "$table" ] && awk '$4 == "0A" { print "listen " $2 }' "$table"
done
if [ -n "$2" ]; then
  [ -r "$2" ] || { echo "cannot read $2" >&2; exit 4; }
  sed -n -E '/^[[:space:]]*node\\.(id|db\\.configs|db\\.config\\.[A-Za-z0-9_-]+\\.(host|port|inheritFrom))[[:space:]]*[=:]/s/^/property /p' "$2"
fi
echo end
`;

/** Processes, open ports and failover order of the application on one host. Never throws for a host that cannot be asked. */
export const observeGatewayHost = async (shell: Shell, service: GatewayService): Promise<GatewayHostFacts> => {
  const name = shell.host.name;
  try {
    const result = await shell.script(lookScript, [service.processPattern, service.propertiesFile ?? ""], LOOK_MS);
    return { name, reachable: true, ...parseLook(result.stdout, service) };
  } catch (error) {
    return unknownHost(name, couldNotLook(error).reason, error);
  }
};

export const unknownHost = (name: string, reason: string, error?: unknown): GatewayHostFacts => ({
  ...{ name, reachable: false, processes: 0, listeningPorts: [], failoverOrder: [] },
  reason: error instanceof ExecError && error.stderr ? `${reason} (${error.stderr.trim()})` : reason,
});

/** Reads the script's answer. Lines of other kinds (a chatty login shell) are passed over; a missing last line is an error. */
export const parseLook = (
  stdout: string,
  service: Pick<GatewayService, "address" | "ports">,
): Pick<GatewayHostFacts, "processes" | "listeningPorts" | "failoverOrder" | "nodeId"> => {
  const lines = stdout.split("\n");
  if (!lines.includes("end")) throw new ExecError("the look at the host was cut short", 0, "");
  const of = (kind: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1));
  const listeners = of("listen")
    .map(parseListener)
    .filter((listener): listener is Listener => listener !== undefined);
  return {
    processes: of("process").length,
    listeningPorts: portsAt(service.address, listeners).filter((port) => service.ports.includes(port)),
    ...parseNodeProperties(of("property")),
  };
};
