import { type Gateway, write } from "./gateway.ts";
import type { Session } from "./session.ts";

/** Heartbeats that a running gateway may miss; and how often in a row a gateway sees itself first before it takes over. */
const patience = 3;
/** The master renews its row seldom: it has no key, and two databases that differ in it cannot replicate it any more. */
const touchEvery = 12;

export interface Sight {
  /** nodeid of cluster_master; null: nobody yet. */
  readonly holder: string | null;
  readonly touchedMs: number;
  /** Lowest node id among the gateways with a fresh heartbeat. */
  readonly lowest: string | null;
  readonly database: string;
}

export interface Candidate {
  readonly database: string;
  /** Looks in a row, at this one database, in which this gateway was the lowest. */
  readonly looks: number;
}

/** Another database may lag behind and show old heartbeats of a living master: there the count begins anew. */
export function countLook(before: Candidate | undefined, sight: Sight, nodeId: string): Candidate {
  const looks = before?.database === sight.database ? before.looks : 0;
  return { database: sight.database, looks: sight.lowest === nodeId ? looks + 1 : 0 };
}

/** take: write the own name into the row. hold: it stands there already. */
export function masterAct(
  sight: Sight,
  candidate: Candidate,
  nodeId: string,
  nowMs: number,
  heartbeatMs: number,
): "take" | "touch" | "hold" | "none" {
  if (sight.holder === nodeId) return nowMs - sight.touchedMs > touchEvery * heartbeatMs ? "touch" : "hold";
  if (sight.lowest !== nodeId) return "none";
  return sight.holder === null || candidate.looks >= patience ? "take" : "none";
}

/** One look at the cluster per heartbeat. Resolves with whether this gateway is the master. */
export function masterKeeper(gateway: Gateway, session: Session): () => Promise<boolean> {
  const { nodeId, timing } = gateway.settings;
  let candidate: Candidate | undefined;
  return async () => {
    const now = Date.now();
    const sight = await look(session, now - patience * timing.heartbeatMs);
    candidate = countLook(candidate, sight, nodeId);
    const act = masterAct(sight, candidate, nodeId, now, timing.heartbeatMs);
    if (act === "take" || act === "touch")
      await write(gateway, session, "cluster_master", async (sql) => {
        const versionStep = act === "take" ? 1 : 0;
        await sql.query("UPDATE cluster_master SET version = version + ?, nodeid = ?, touched_time = ?", [
          ...[versionStep, nodeId, now],
        ]);
      });
    return act !== "none";
  };
}

const look = (session: Session, aliveSinceMs: number): Promise<Sight> =>
  session.use(async (sql) => {
    const [row] = await sql.query(
      `SELECT nodeid AS holder, touched_time AS touched,
              (SELECT MIN(nodeid) FROM cluster_info WHERE statustimestamp > ?) AS lowest
       FROM cluster_master`,
      [aliveSinceMs],
    );
    const {
      holder = null,
      touched = 0,
      lowest = null,
    } = (row ?? {}) as { holder?: string; touched?: number; lowest?: string };
    return { holder, touchedMs: Number(touched), lowest, database: sql.database };
  });
