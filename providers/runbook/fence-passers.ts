import { fencePassedBy } from "../mysql/persisted-fence.ts";
import { sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";
import type { Refusal } from "../plan/plan.ts";
import { granteeOf } from "./privileges.ts";
import { variable } from "./replica.ts";

const STATEMENT_MS = 30_000;

/** Who holds what, every account and role as user@host. */
export interface Grants {
  readonly accounts: readonly string[];
  readonly holders: readonly { readonly grantee: string; readonly name: string }[];
  /** What is granted to whom; a role may be granted to a role. */
  readonly roles: readonly { readonly role: string; readonly to: string }[];
  /** Granted to everybody: the server's mandatory_roles. */
  readonly mandatory: readonly string[];
}

/**
 * Accounts that a fence lets through, with the rights and whence they come. Every role that was granted counts, whether it
 * is active at login or not: that is one statement away.
 */
export const passers = ({ accounts, holders, roles, mandatory }: Grants): readonly { who: string; by: string[] }[] =>
  accounts
    .map((who) => {
      const bearers = new Set([who, ...mandatory]);
      for (const bearer of bearers) for (const { role, to } of roles) if (to === bearer) bearers.add(role);
      const by = [...bearers].flatMap((bearer) =>
        holders
          .filter(({ grantee }) => grantee === granteeOf(bearer))
          .map(({ name }) => (bearer === who ? name : `${name} (role ${bearer})`)),
      );
      return { who, by };
    })
    .filter(({ by }) => by.length > 0);

/** "`a`@`%`,b" as a list of user@host; a role without a host is one of "%". */
export const parseRoles = (text: string): readonly string[] =>
  text
    .split(",")
    .map((role) => role.replace(/[`'"\s]/g, ""))
    .filter(Boolean)
    .map((role) => (role.includes("@") ? role : `${role}@%`));

/** offline_mode refuses logins, but not of administrators: an application that is one would read, and write, half a copy. */
export const fencePassers = async (node: Node, accounts: readonly string[]): Promise<readonly Refusal[]> => {
  if (accounts.length === 0) return [];
  const known = await node.query<{ who: string }>(
    sql`SELECT CONCAT(User, '@', Host) AS who FROM mysql.user WHERE User IN (${accounts})`,
    STATEMENT_MS,
  );
  const holders = await node.query<{ grantee: string; name: string }>(
    sql`SELECT GRANTEE AS grantee, PRIVILEGE_TYPE AS name FROM information_schema.USER_PRIVILEGES
        WHERE PRIVILEGE_TYPE IN (${fencePassedBy})`,
    STATEMENT_MS,
  );
  const roles = await node.query<{ role: string; to: string }>(
    sql`SELECT CONCAT(FROM_USER, '@', FROM_HOST) AS role, CONCAT(TO_USER, '@', TO_HOST) AS \`to\` FROM mysql.role_edges`,
    STATEMENT_MS,
  );
  const mandatory = parseRoles(await variable(node, "mandatory_roles"));
  return passers({ accounts: known.map(({ who }) => who), holders, roles, mandatory }).map(({ who, by }) => ({
    code: "account-passes-fence",
    subject: node.host.name,
    message: `${who} of the application has ${by.join(", ")} on ${node.host.name}: the fence would let it in`,
    hint: "REVOKE it there, unlogged (SET sql_log_bin = 0; with SET GLOBAL super_read_only = OFF before where it is ON: a run closes it again), or give the application an account without it",
  }));
};
