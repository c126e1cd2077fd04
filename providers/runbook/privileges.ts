import { systemDefinerRight, untrustedCreatorRight } from "../mysql/rights.ts";
import { sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";
import type { Refusal } from "../plan/plan.ts";
import { systemSchemas } from "../profile/profile.ts";
import { definersOf } from "./preflight-checks.ts";
import { variable } from "./replica.ts";

const STATEMENT_MS = 30_000;

/** Every right of the repair account that a node's account lacks, by the lists that `npm run accounts` prints. */
export const privilegesMissing = async (node: Node, besides: readonly string[] = []): Promise<readonly Refusal[]> => {
  const [own] = await node.query<{ who: string }>(sql`SELECT CURRENT_USER() AS who`, STATEMENT_MS);
  const rows = await node.query<{ name: string; passesOn: "YES" | "NO" }>(
    sql`SELECT PRIVILEGE_TYPE AS name, IS_GRANTABLE AS passesOn FROM information_schema.USER_PRIVILEGES
        WHERE GRANTEE = ${granteeOf(own?.who ?? "")}`,
    STATEMENT_MS,
  );
  const passesOn = new Map(rows.map((row) => [row.name, row.passesOn === "YES"]));
  const { held, passedOn } = node.dialect.rights.repair;
  const missing = [
    ...[...held, ...besides].filter((name) => !passesOn.has(name)),
    ...passedOn.filter((name) => !passesOn.get(name)).map((name) => `${name} WITH GRANT OPTION`),
  ];
  return missing.length === 0
    ? []
    : [
        {
          code: "privilege-missing",
          subject: node.host.name,
          message: `the account ${own?.who} of ${node.host.name} lacks ${missing.join(", ")}`,
          hint: "npm run accounts prints the statements that give them ON *.* (rights that a role gives do not count)",
        },
      ];
};

/** Rights that the load needs besides, for what the donor has and the recipient's settings. */
export const rightsToLoad = async (donor: Node, recipient: Node): Promise<readonly string[]> => {
  const definers = await definersOf(donor);
  const holders = await recipient.query<{ grantee: string }>(
    sql`SELECT GRANTEE AS grantee FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE = ${systemDefinerRight}`,
    STATEMENT_MS,
  );
  const system = new Set(holders.map(({ grantee }) => grantee));
  const [triggers] = await donor.query<{ count: string }>(
    sql`SELECT COUNT(*) AS count FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA NOT IN (${systemSchemas})`,
    STATEMENT_MS,
  );
  const untrusted =
    Number(triggers?.count) > 0 && (await variable(recipient, "log_bin_trust_function_creators")) === "OFF";
  return [
    ...(definers.some((definer) => system.has(granteeOf(definer))) ? [systemDefinerRight] : []),
    ...(untrusted ? [untrustedCreatorRight] : []),
  ];
};

/** root@localhost as information_schema writes a grantee: 'root'@'localhost'. A name may hold an @, a host may not. */
export const granteeOf = (definer: string): string => {
  const at = definer.lastIndexOf("@");
  return `'${definer.slice(0, at)}'@'${definer.slice(at + 1)}'`;
};
