import type { Dialect } from "./dialect.ts";
import { systemDefinerRight, untrustedCreatorRight } from "./rights.ts";

export type AccountRole = "monitor" | "repair";

export interface AccountRequest {
  readonly role: AccountRole;
  readonly user: string;
  readonly host: string;
  /** Whose contents the monitor compares. */
  readonly schemas: readonly string[];
}

/** Unquoted on purpose: until it is replaced by a quoted password the server refuses the statement (1064). */
export const passwordPlace = "<password>";

/** SQL text for an administrator to read, complete and run: never sent by us. */
export const accountText = (dialect: Dialect, request: AccountRequest): string => {
  const { role } = request;
  const account = `${quoted(request.user)}@${quoted(request.host)}`;
  return [
    `-- The ${role} account. On each node, as an administrator; unlogged: accounts are each node's own.`,
    `-- In place of ${passwordPlace} put a password of your own, in single quotes.`,
    ...(role === "repair" && !dialect.repairable ? ["-- Servers of this version are watched, not repaired."] : []),
    "SET SESSION sql_log_bin = 0;",
    `CREATE USER ${account} IDENTIFIED BY ${passwordPlace};`,
    ...(role === "monitor" ? monitorGrants(dialect, account, request.schemas) : repairGrants(dialect, account)),
    "SET SESSION sql_log_bin = 1;",
    "",
  ].join("\n");
};

const monitorGrants = ({ rights }: Dialect, account: string, schemas: readonly string[]): readonly string[] => [
  grant(rights.monitor, "*.*", account),
  ...schemas.map((schema) => grant(["SELECT", "SHOW VIEW"], `${identifier(schema)}.*`, account)),
];

const repairGrants = ({ rights, family }: Dialect, account: string): readonly string[] => [
  grant(rights.repair.held, "*.*", account),
  `${grant(rights.repair.passedOn, "*.*", account).replace(/;$/, "")} WITH GRANT OPTION;`,
  ...(family === "mysql-8.0" || family === "mysql-8.4"
    ? [
        "-- Only where an administrator (root, say) is the DEFINER of a view, routine, trigger or event:",
        `-- ${grant([systemDefinerRight], "*.*", account)}`,
        "-- Only where log_bin_trust_function_creators is OFF and there are triggers:",
        `-- ${grant([untrustedCreatorRight], "*.*", account)}`,
      ]
    : []),
];

const grant = (rights: readonly string[], on: string, account: string): string =>
  `GRANT ${rights.join(", ")} ON ${on} TO ${account};`;

const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
const identifier = (name: string): string => `\`${name.replaceAll("`", "``")}\``;
