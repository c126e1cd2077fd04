import { randomUUID } from "node:crypto";
import { type Gateway, seedGoid, write } from "./gateway.ts";
import type { Session } from "./session.ts";

const hourMs = 3_600_000;

/** What requests leave beside their audits: replay window, quota, usage, a token, a session. */
export async function writeTraffic(gateway: Gateway, session: Session, requests: number): Promise<void> {
  const now = Date.now();
  const { nodeId, hostName } = gateway.settings;
  const id = await session.use(gateway.newId);
  await write(gateway, session, "message_id, wssc_session, counters, service_usage, oauth_token", async (sql) => {
    for (const table of ["message_id", "wssc_session"])
      await sql.query(`DELETE FROM ${table} WHERE expires < ?`, [now]);
    await sql.query("INSERT INTO message_id (messageid, expires) VALUES (?, ?)", [randomUUID(), now + hourMs]);
    await sql.query("INSERT INTO wssc_session (objectid, session_key_hash, expires) VALUES (?, ?, ?)", [
      ...[id, randomUUID(), now + hourMs],
    ]);
    await sql.query(
      `INSERT INTO counters (counterid, countername, cnt_sec, cnt_day, last_update) VALUES (?, ?, ?, ?, ?)
       ON DUPLICATE KEY UPDATE cnt_sec = ?, cnt_day = cnt_day + ?, last_update = ?`,
      [id, `Requests of ${hostName}`, requests, requests, now, requests, requests, now],
    );
    await sql.query(
      `INSERT INTO service_usage (serviceid, nodeid, requestnr) VALUES (?, ?, ?)
       ON DUPLICATE KEY UPDATE requestnr = requestnr + ?`,
      [seedGoid(5, 1), nodeId, requests, requests],
    );
    await sql.query(
      "INSERT INTO otk_db.oauth_token (otk_token_id, client_ident, resource_owner, expiration) VALUES (?, 'lab-client', 'Zoë', ?)",
      [randomUUID(), now + hourMs],
    );
  });
}
