import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostOf, type LabRecord, type Side, sides } from "../record.ts";
import { endSenders } from "../replication.ts";
import { run } from "../run.ts";
import { type Sql, withSql } from "../sql.ts";
import { nodeConfig } from "./mysql-config.ts";

/** What the host's own `service mysql ...` runs; it returns when the server answers, or is gone. */
export async function mysqlService(record: LabRecord, side: Side, verb: "start" | "stop"): Promise<void> {
  const { folder, name } = hostOf(record, side);
  const script = join(folder, "libexec/mysql-service");
  await run(script, [verb], { timeoutMs: 90_000, called: `service mysql ${verb} on ${name}` });
}

/**
 * Stops both servers. A server waits eight seconds for a replica that still listens (and 9.7 as long for its event
 * scheduler), so those are ended first; none of it outlives the stop.
 */
export async function stopServers(record: LabRecord): Promise<void> {
  const made = sides.filter((side) => existsSync(join(hostOf(record, side).folder, "libexec/mysql-service")));
  const quiet = (work: (sql: Sql) => Promise<unknown>) =>
    Promise.all(made.map((side) => withSql(record, side, work).catch(() => {}))); // one that is down is as quiet
  await quiet(async (sql) => {
    await sql.query("STOP REPLICA");
    await sql.query("SET GLOBAL event_scheduler = OFF");
  });
  await quiet(endSenders);
  await Promise.all(made.map((side) => mysqlService(record, side, "stop")));
}

export async function mysqlRuns(record: LabRecord, side: Side): Promise<boolean> {
  const script = join(hostOf(record, side).folder, "libexec/mysql-service");
  const answer = await run(script, ["status"], { timeoutMs: 10_000, accept: [0, 3] });
  return answer.exitCode === 0;
}

export const writeNodeConfig = (record: LabRecord, side: Side): void =>
  writeFileSync(join(hostOf(record, side).folder, "my.cnf"), nodeConfig(record, side));
