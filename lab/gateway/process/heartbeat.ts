import { randomInt } from "node:crypto";
import { loadavg } from "node:os";
import { type Gateway, reasonOf, seedGoid, write } from "./gateway.ts";
import { masterKeeper } from "./master.ts";
import { repeat } from "./repeat.ts";
import type { Session } from "./session.ts";
import { writeTraffic } from "./traffic.ts";

/** What even an idle gateway writes. `master` is told after each round whether this gateway is the cluster's master. */
export function startHeartbeat(
  gateway: Gateway,
  session: Session,
  master: (isMaster: boolean) => void,
): { stop(): Promise<void> } {
  const { timing } = gateway.settings;
  const keepMaster = masterKeeper(gateway, session);
  return repeat(0, timing.heartbeatMs, async () => {
    const requests = gateway.requests;
    try {
      await writeClusterInfo(gateway, session);
      master(await keepMaster());
      await writeMetrics(gateway, session, requests);
      if (requests > 0) await writeTraffic(gateway, session, requests);
    } catch (error) {
      gateway.log.trouble("cluster", `Heartbeat failed: ${reasonOf(error)}`);
    }
    gateway.requests -= requests;
  });
}

const writeClusterInfo = (gateway: Gateway, session: Session): Promise<void> => {
  const { nodeId, hostName, address } = gateway.settings;
  return write(gateway, session, "cluster_info", async (sql) => {
    const values = [hostName, address, loadavg()[0] ?? 0, Date.now()];
    await sql.query(
      `INSERT INTO cluster_info (nodeid, name, address, avgload, statustimestamp) VALUES (?, ?, ?, ?, ?)
       ON DUPLICATE KEY UPDATE name = ?, address = ?, avgload = ?, statustimestamp = ?`,
      [nodeId, ...values, ...values],
    );
  });
};

/** One row per period, service and node; the details hang on it by two foreign keys. */
const writeMetrics = (gateway: Gateway, session: Session, requests: number): Promise<void> => {
  const { nodeId, timing } = gateway.settings;
  const goid = gateway.newGoid();
  const periodStart = Date.now() - (Date.now() % timing.heartbeatMs);
  return write(gateway, session, "service_metrics", async (sql) => {
    await sql.query(
      `INSERT INTO service_metrics (goid, nodeid, published_service_goid, resolution, period_start, attempted, completed, back_sum)
       VALUES (?, ?, ?, 0, ?, ?, ?, ?)`,
      [goid, nodeId, seedGoid(5, 1), periodStart, requests, requests, requests * randomInt(5, 50)],
    );
    await sql.query(
      "INSERT INTO service_metrics_details (service_metrics_goid, mapping_values_goid, attempted) VALUES (?, ?, ?)",
      [goid, seedGoid(18, 1), requests],
    );
  });
};
