import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostOf, type LabRecord, type Side } from "../record.ts";
import { run } from "../run.ts";
import { nodeConfig } from "./mysql-config.ts";

/** What the host's own `service mysql ...` runs; it returns when the server answers, or is gone. */
export async function mysqlService(record: LabRecord, side: Side, verb: "start" | "stop"): Promise<void> {
  const { folder, name } = hostOf(record, side);
  const script = join(folder, "libexec/mysql-service");
  await run(script, [verb], { timeoutMs: 90_000, called: `service mysql ${verb} on ${name}` });
}

export async function mysqlRuns(record: LabRecord, side: Side): Promise<boolean> {
  const script = join(hostOf(record, side).folder, "libexec/mysql-service");
  const answer = await run(script, ["status"], { timeoutMs: 10_000, accept: [0, 3] });
  return answer.exitCode === 0;
}

export const writeNodeConfig = (record: LabRecord, side: Side): void =>
  writeFileSync(join(hostOf(record, side).folder, "my.cnf"), nodeConfig(record, side));
