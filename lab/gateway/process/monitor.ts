import type { Connection } from "mysql2/promise";
import type { DatabaseAddress } from "../options.ts";
import { type Connect, databaseText } from "./connect.ts";
import { committedText, type Gateway, reasonOf } from "./gateway.ts";
import { type Check, judge, type MonitorState } from "./monitor-state.ts";
import { repeat } from "./repeat.ts";

/**
 * The product's replication monitor. Only the cluster's master runs it. It never asks a server for its replication
 * status: it counts on the first database, reads on the second, and so never sees the link back.
 */
export function startMonitor(gateway: Gateway, connect: Connect, isMaster: () => boolean): { stop(): Promise<void> } {
  const { settings, log } = gateway;
  const [primary, secondary] = settings.databases as [DatabaseAddress, DatabaseAddress];
  let state: MonitorState = { failing: false };
  return repeat(settings.timing.monitorFirstMs, settings.timing.monitorIntervalMs, async () => {
    if (!isMaster()) {
      state = { failing: false };
      return;
    }
    const check = await checkDelay(gateway, connect, primary, secondary);
    const verdict = judge(state, check, named(gateway, secondary), Date.now(), settings.timing);
    state = verdict.state;
    if (verdict.line) log(verdict.line.level, "replication", verdict.line.text);
  });
}

const named = ({ settings }: Gateway, { host }: DatabaseAddress): string => `${host}/${settings.schema}`;

async function checkDelay(
  gateway: Gateway,
  connect: Connect,
  primary: DatabaseAddress,
  secondary: DatabaseAddress,
): Promise<Check> {
  let asked = primary;
  try {
    const written = await once(connect, primary, (connection) => count(gateway, connection));
    gateway.log("INFO", "hibernate", committedText(databaseText(primary), "replication_status"));
    asked = secondary;
    const read = await once(connect, secondary, sequence);
    if (written === undefined || read === undefined || read > written) return { kind: "uncomputable" };
    return { kind: "delay", delayMs: (written - read) * gateway.settings.timing.monitorIntervalMs };
  } catch (error) {
    return { kind: "inaccessible", database: named(gateway, asked), reason: reasonOf(error) };
  }
}

async function count({ settings }: Gateway, connection: Connection): Promise<number | undefined> {
  await connection.query({
    sql: "UPDATE replication_status SET sequence = sequence + 1, updated = ?, nodeid = ? WHERE objectid = 1",
    values: [Date.now(), settings.nodeId],
    timeout: settings.timing.statementTimeoutMs,
  });
  return sequence(connection);
}

async function sequence(connection: Connection): Promise<number | undefined> {
  const [rows] = await connection.query({
    sql: "SELECT sequence FROM replication_status WHERE objectid = 1",
    timeout: 10_000,
  });
  const [row] = rows as { sequence: number }[];
  return row && Number(row.sequence);
}

async function once<T>(connect: Connect, database: DatabaseAddress, work: (on: Connection) => Promise<T>): Promise<T> {
  const connection = await connect(database);
  try {
    return await work(connection);
  } finally {
    connection.destroy();
  }
}
