import type { Lab } from "../../lab/lab.ts";
import { type Sql, withSql } from "../../lab/sql.ts";
import { ADMIN, adminPassword } from "./admin.ts";
import type { Fault } from "./fault.ts";
import { donor, recipient } from "./nodes.ts";

interface Table {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
}

const tablesOf = (sql: Sql): Promise<Table[]> =>
  sql.query<Table>(
    `SELECT table_schema AS \`schema\`, table_name AS name, JSON_ARRAYAGG(column_name) AS columns
     FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_type = 'BASE TABLE' AND table_schema IN ('ssg', 'otk_db') AND generation_expression = ''
     GROUP BY table_schema, table_name`,
  );

const ROWS = 500;

/** What an operator does who is told that rows of the recipient are never discarded: those that the donor lacks, by their keys. */
const carryByHand = (lab: Lab): Promise<void> =>
  withSql(lab.record(), recipient, (here) =>
    withSql(
      lab.record(),
      donor,
      async (there) => {
        await there.query("SET foreign_key_checks = 0");
        for (const { schema, name, columns } of await tablesOf(here)) {
          const rows = await here.query("SELECT ?? FROM ??.??", [columns, schema, name]);
          for (let from = 0; from < rows.length; from += ROWS) {
            const values = rows.slice(from, from + ROWS).map((row) => columns.map((column) => row[column]));
            await there.query("INSERT IGNORE INTO ??.?? (??) VALUES ?", [schema, name, columns, values]);
          }
        }
      },
      { user: ADMIN, password: adminPassword(lab) },
    ),
  );

/**
 * Gateways whose donor does not take their writes for minutes go over to the recipient, and write there what has not
 * arrived when the two meet again: the links clash (1032), and what is never discarded only the recipient has.
 */
export const bothServed: NonNullable<Fault["mayRefuse"]> = {
  says: /has what \S+ lacks, and it would be overwritten|are never discarded|would lose them/,
  // Where the donor's link has not clashed the refusal has started it again, and the rest comes over it.
  byHand: async (lab, told) => (/never discarded|would lose them/.test(told) ? carryByHand(lab) : undefined),
};
