import { createHash } from "node:crypto";
import type { Lab } from "../../lab/lab.ts";
import { secret } from "../../lab/passwords.ts";
import { withSql } from "../../lab/sql.ts";
import { sides } from "./nodes.ts";

/** The harness's own way into the servers while the operator's account is spoilt. */
export const ADMIN = "fault_admin";

export const adminPassword = (lab: Lab): string =>
  createHash("sha256").update(secret(lab.record(), "gateway")).digest("hex");

export const createAdmin = async (lab: Lab): Promise<void> => {
  for (const side of sides)
    await withSql(lab.record(), side, async (sql) => {
      await sql.query("SET sql_log_bin = 0");
      await sql.query("CREATE USER ?@localhost IDENTIFIED BY ?", [ADMIN, adminPassword(lab)]);
      await sql.query("GRANT ALL ON *.* TO ?@localhost WITH GRANT OPTION", [ADMIN]);
    });
};
