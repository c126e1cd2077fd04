import { randomUUID } from "node:crypto";
import { type Gateway, seedGoid, write } from "./gateway.ts";
import type { Session } from "./session.ts";

const hourMs = 3_600_000;

/** What requests leave beside their audits: replay window, quota, usage, a token, a session. */
export async function writeTraffic(gateway: Gateway, session: Session, requests: number): Promise<void> {
  const now = Date.now();
  const { nodeId } = gateway.settings;
  await write(gateway, session, "message_id, counters, service_usage, oauth_token", async (sql) => {
    await sql.query("DELETE FROM message_id WHERE expires < ?", [now]);
    await sql.query("INSERT INTO message_id (messageid, expires) VALUES (?, ?)", [
      `urn:uuid:${randomUUID()}`,
      now + hourMs,
    ]);
    await sql.query("UPDATE counters SET cnt_sec = ?, cnt_day = cnt_day + ?, last_update = ? WHERE counterid = 1", [
      ...[requests, requests, now],
    ]);
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
  const id = await nextId(gateway, session);
  await write(gateway, session, "wssc_session", async (sql) => {
    await sql.query("DELETE FROM wssc_session WHERE expires < ?", [now]);
    await sql.query("INSERT INTO wssc_session (objectid, session_key_hash, expires) VALUES (?, ?, ?)", [
      ...[id, randomUUID(), now + hourMs],
    ]);
  });
}

/** Alone, outside any transaction: it changes a table that is not transactional, which GTID mode refuses in one (1785). */
async function nextId(gateway: Gateway, session: Session): Promise<unknown> {
  const [row, database] = await session.use(async (sql) => {
    const [first] = await sql.query("SELECT next_hi() AS id");
    return [first, sql.database];
  });
  gateway.log("INFO", "hibernate", `Committed on ${database}: hibernate_unique_key`);
  return row?.id;
}
