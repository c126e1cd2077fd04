import { randomBytes } from "node:crypto";
import type { Sql } from "../sql.ts";

/** A key no gateway makes: they count up from a prefix of their own. */
export const newGoid = (): Buffer => randomBytes(16);

/** Writes one row of the audit class, as an administrator's action leaves it. */
export const insertAudit = (sql: Sql, goid: Buffer, message: string): Promise<unknown> =>
  sql.query(
    `INSERT INTO ssg.audit_main (goid, nodeid, time, audit_level, name, message, ip_address, user_name, signature)
     VALUES (?, 'lab-break', ?, 'INFO', 'lab', ?, '127.0.0.1', 'lab', '')`,
    [goid, Date.now(), message],
  );

export const auditExists = async (sql: Sql, goid: Buffer): Promise<boolean> =>
  (await sql.query("SELECT 1 FROM ssg.audit_main WHERE goid = ?", [goid])).length > 0;
