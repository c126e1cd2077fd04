import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { type Gateway, seedGoid } from "./gateway.ts";
import type { Sql } from "./session.ts";

/** Writes what one request leaves: the audit, its message, a detail and the detail's parameters. */
export async function insertAudit(sql: Sql, gateway: Gateway, goid: Buffer): Promise<void> {
  const now = Date.now();
  const detail = gateway.newGoid();
  const request = randomUUID();
  const body = randomBytes(randomInt(200, 1200));
  const service = randomInt(1, 5);
  const { address, nodeId } = gateway.settings;
  await sql.query(
    `INSERT INTO audit_main (goid, nodeid, time, audit_level, name, message, ip_address, user_name, signature)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      ...[goid, nodeId, now, service === 1 ? "WARNING" : "INFO", `Service ${service}`],
      ...[`It's “done” – request ${request} \\ 完了`, address, "Zoë", randomBytes(128).toString("base64")],
    ],
  );
  await sql.query(
    "INSERT INTO audit_message (goid, status, request_id, service_goid, request_length, request_zipxml) VALUES (?, ?, ?, ?, ?, ?)",
    [goid, "200", request, seedGoid(5, service), body.length, body],
  );
  await sql.query(
    "INSERT INTO audit_detail (goid, audit_goid, time, message_id, exception_message) VALUES (?, ?, ?, ?, ?)",
    [...[detail, goid, now, 3017, null]],
  );
  await sql.query("INSERT INTO audit_detail_params (audit_detail_goid, position, value) VALUES ?", [
    [0, 1].map((position) => [detail, position, `${position} of ${request}`]),
  ]);
}
