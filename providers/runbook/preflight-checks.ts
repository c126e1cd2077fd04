import { commonDumpOptions } from "../clone/dump-options.ts";
import { FREE_BYTES_MIN } from "../clone/run-job.ts";
import { sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";
import { noLoginFile } from "../node/option-file.ts";
import type { Refusal } from "../plan/plan.ts";
import { systemSchemas } from "../profile/profile.ts";
import { variable } from "./replica.ts";

const SCRIPT_MS = 30_000;
const STATEMENT_MS = 30_000;
/** Room for the copy, as a multiple of the donor's data: a dump has no index pages, but text is wider than rows. */
const SPACE_FACTOR = 1.2;

const tools = ["timeout", "setsid", "sha256sum", "dd", "df", "awk", "mkfifo", "tee", "wc", "sync"];

const toolScript = `
[ -z "$1" ] || PATH=$1:$PATH
shift
for tool in "$@"; do command -v "$tool" >/dev/null || echo "$tool"; done
`;

export const toolRefusals = async (node: Node, dumped: Node): Promise<readonly Refusal[]> => {
  const args = [node.host.clientFolder ?? "", ...tools, "mysql", "mysqldump"];
  const { stdout } = await node.script(toolScript, args, SCRIPT_MS);
  const missing = stdout.split("\n").filter(Boolean);
  return missing.length === 0
    ? optionRefusals(node, dumped)
    : [
        {
          code: "tool-missing",
          subject: node.host.name,
          message: `${node.host.name} lacks ${missing.join(", ")}`,
          hint: "install it there, or set clientFolder to the folder of mysql and mysqldump",
        },
      ];
};

/** --help ends a client that has understood all options before it. */
const optionScript = `
[ -z "$1" ] || PATH=$1:$PATH
shift
mysqldump --no-defaults "$@" --help >/dev/null && mysql --no-defaults --binary-mode --help >/dev/null
`;

/** Clients of another family or of an older server know other options, which shows when the recipient is empty already. */
const optionRefusals = async (node: Node, dumped: Node): Promise<readonly Refusal[]> => {
  const args = [node.host.clientFolder ?? "", ...commonDumpOptions, ...dumped.dialect.dumpOptions];
  const { exitCode, stderr } = await node.tryScript(optionScript, args, SCRIPT_MS);
  if (exitCode === 0) return [];
  const subject = node.host.name;
  return [
    {
      ...{ code: "client-options", subject },
      message: `mysqldump or mysql of ${subject} does not take the options of a dump: ${stderr.trim().split("\n").at(-1)}`,
      hint: "set clientFolder to the folder of the clients that belong to the server",
    },
  ];
};

/** Free bytes and mount of the nearest existing folder above a path. */
const spaceScript = `
folder=$1
while [ ! -d "$folder" ]; do folder=$(dirname -- "$folder"); done
df -Pk -- "$folder" | awk 'NR == 2 { print $4 * 1024, $6 }'
`;

export interface SpaceNeeded {
  /** Absent: the data folder. */
  readonly folder?: string;
  readonly dataBytes: number;
  /** What is deleted there before. */
  readonly freedBytes?: number;
}

export const spaceRefusals = async (
  node: Node,
  { folder, dataBytes, freedBytes = 0 }: SpaceNeeded,
): Promise<readonly Refusal[]> => {
  const path = folder ?? (await variable(node, "datadir"));
  const { stdout } = await node.script(spaceScript, [path], SCRIPT_MS);
  const [free = "0", mount = ""] = stdout.trim().split(" ");
  const need = Math.ceil(dataBytes * SPACE_FACTOR) + FREE_BYTES_MIN;
  return Number(free) + freedBytes >= need
    ? []
    : [
        {
          code: "space",
          subject: node.host.name,
          message: `${path} on ${node.host.name} (mount ${mount}) has ${free} bytes free and ${need} are needed`,
          hint: "free space there, or name another folder",
        },
      ];
};

/** Any answer of a MySQL server to an unknown account (1045) shows that the way is open; nothing is logged in. */
const reachScript = `
[ -z "$1" ] || PATH=$1:$PATH
shift
printf '[client]\\nuser=replication-pair-probe\\nhost=%s\\nport=%s\\nconnect-timeout=5\\n%s' "$1" "$2" "\${3:+bind-address=$3
}" | ${noLoginFile} mysql --defaults-file=/dev/stdin --batch --execute 'SELECT 1' 2>&1 || true
`;

export const reachRefusals = async (from: Node, to: Node): Promise<readonly Refusal[]> => {
  const { host, port } = to.host.replication;
  const args = [from.host.clientFolder ?? "", host, String(port), from.host.replication.bindAddress ?? ""];
  const { stdout } = await from.script(reachScript, args, SCRIPT_MS);
  if (/ERROR (1045|1698|1130|3118|3032)/.test(stdout)) return [];
  return [
    {
      code: "replication-address-closed",
      subject: from.host.name,
      message: `${from.host.name} cannot reach MySQL of ${to.host.name} at ${host}:${port}: ${stdout.trim().split("\n").at(-1) ?? "no answer"}`,
      hint: "check replication.host and replication.port of that node, its bind_address and the firewall between them",
    },
  ];
};

/**
 * Created with the semicolon inside (a driver that sends several statements at once does it), such a body is dumped as
 * text that no client loads (1064): the load would break in the middle.
 */
export const unloadable = async (donor: Node): Promise<readonly Refusal[]> => {
  const bodies = await donor.query<{ kind: string; name: string }>(
    sql`SELECT 'trigger' AS kind, CONCAT(TRIGGER_SCHEMA, '.', TRIGGER_NAME) AS name FROM information_schema.TRIGGERS
          WHERE TRIGGER_SCHEMA NOT IN (${systemSchemas}) AND ACTION_STATEMENT REGEXP ';[[:space:]]*$'
        UNION SELECT 'event', CONCAT(EVENT_SCHEMA, '.', EVENT_NAME) FROM information_schema.EVENTS
          WHERE EVENT_SCHEMA NOT IN (${systemSchemas}) AND EVENT_DEFINITION REGEXP ';[[:space:]]*$'`,
    STATEMENT_MS,
  );
  return bodies.map(({ kind, name }) => ({
    code: "definition-unloadable",
    subject: donor.host.name,
    message: `the ${kind} ${name} ends with a semicolon inside its definition: its dump cannot be loaded`,
    hint: `create the ${kind} anew without the last semicolon`,
  }));
};

/** Definers of all that a dump of the user schemas creates anew, as user@host. */
export const definersOf = async (donor: Node): Promise<readonly string[]> => {
  const rows = await donor.query<{ definer: string }>(
    sql`SELECT DEFINER AS definer FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA NOT IN (${systemSchemas})
        UNION SELECT DEFINER FROM information_schema.VIEWS WHERE TABLE_SCHEMA NOT IN (${systemSchemas})
        UNION SELECT DEFINER FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA NOT IN (${systemSchemas})
        UNION SELECT DEFINER FROM information_schema.EVENTS WHERE EVENT_SCHEMA NOT IN (${systemSchemas})`,
    STATEMENT_MS,
  );
  return rows.map(({ definer }) => definer);
};

/** A view or routine whose definer has no account on the recipient fails at use (1449): accounts are not cloned. */
export const definersMissing = async (donor: Node, recipient: Node): Promise<readonly Refusal[]> => {
  const definers = await definersOf(donor);
  const accounts = await recipient.query<{ account: string }>(
    sql`SELECT CONCAT(User, '@', Host) AS account FROM mysql.user`,
    STATEMENT_MS,
  );
  const known = new Set(accounts.map(({ account }) => account));
  const missing = definers.filter((definer) => !known.has(definer));
  return missing.map((definer) => ({
    code: "definer-missing",
    subject: recipient.host.name,
    message: `${definer} is the definer of objects on ${donor.host.name} and has no account on ${recipient.host.name}`,
    hint: "create the account there with the same rights (accounts are never cloned)",
  }));
};

/** Not frozen by the backup's transaction: it has their rows as they were when each was read. The clone is of a quiet donor. */
export const tablesNotFrozen = async (donor: Node): Promise<readonly string[]> => {
  const rows = await donor.query<{ name: string }>(
    sql`SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME, ' (', ENGINE, ')') AS name FROM information_schema.TABLES
        WHERE TABLE_TYPE = 'BASE TABLE' AND ENGINE <> 'InnoDB' AND TABLE_SCHEMA NOT IN (${systemSchemas}) ORDER BY 1`,
    STATEMENT_MS,
  );
  return rows.map(({ name }) => name);
};
