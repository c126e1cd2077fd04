import { type Gateway, write } from "./gateway.ts";
import type { Session } from "./session.ts";

/** Heartbeats that a running gateway may miss. */
const missedMax = 3;

/** Whether this gateway has the lowest node id of those that run; it then says so in cluster_master. */
export async function keepMaster(gateway: Gateway, session: Session): Promise<boolean> {
  const { nodeId, timing } = gateway.settings;
  const alive = Date.now() - missedMax * timing.heartbeatMs;
  const rows = await session.use((sql) =>
    sql.query("SELECT MIN(nodeid) AS lowest FROM cluster_info WHERE statustimestamp > ?", [alive]),
  );
  if (rows[0]?.lowest !== nodeId) return false;
  await write(gateway, session, "cluster_master", async (sql) => {
    await sql.query(
      "UPDATE cluster_master SET version = version + IF(nodeid <=> ?, 0, 1), nodeid = ?, touched_time = ?",
      [...[nodeId, nodeId, Date.now()]],
    );
  });
  return true;
}
