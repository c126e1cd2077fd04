import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { startGateways, stopGateways } from "./application.ts";
import { createAccounts } from "./host/accounts.ts";
import { mysqlService, stopServers } from "./host/mysqld.ts";
import { secret } from "./passwords.ts";
import { hostOf, hostsOf, type LabRecord, sides } from "./record.ts";
import { waitCaughtUp, wireBoth } from "./replication.ts";
import { run } from "./run.ts";
import { type Say, sayWhile } from "./say.ts";
import { withSql } from "./sql.ts";

/**
 * Brings the pair back by the lab's own means, for practising: the secondary is made again from the primary's data
 * folder. What only the secondary had is lost.
 */
export async function heal(record: LabRecord, say: Say): Promise<void> {
  await stopGateways(record);
  await sayWhile(say, "Making the secondary again from the primary's files", copyPrimary(record));
  await wireBoth(record);
  for (const side of sides) await waitCaughtUp(record, side);
  await setRunsAside(record, say);
  if (record.profile === "layer7-gateway") await startGateways(record, say);
  say("Both links run; the secondary has what the primary has");
}

async function copyPrimary(record: LabRecord): Promise<void> {
  await mysqlService(record, "primary", "start");
  await withSql(record, "primary", async (sql) => {
    // A fence left by a repair that was cut off.
    await sql.query("RESET PERSIST");
    await sql.query("SET GLOBAL super_read_only = 0");
    await sql.query("SET GLOBAL read_only = 0");
    await sql.query("SET GLOBAL offline_mode = 0");
    // Else the copy would inherit the link and call its own address.
    await sql.query("STOP REPLICA");
    await sql.query("RESET REPLICA ALL");
  });
  await stopServers(record);
  const [from, to] = sides.map((side) => join(hostOf(record, side).folder, "data"));
  const half = `${to}.new`;
  await rm(half, { recursive: true, force: true });
  await run("cp", ["-a", "--reflink=auto", `${from}`, half], { timeoutMs: 300_000 });
  // The server's identity is its own.
  await rm(join(half, "auto.cnf"), { force: true });
  const identity = join(`${to}`, "auto.cnf");
  if (existsSync(identity)) await rename(identity, join(half, "auto.cnf"));
  await rm(`${to}`, { recursive: true, force: true });
  await rename(half, `${to}`);
  await Promise.all(sides.map((side) => mysqlService(record, side, "start")));
  await createAccounts(record, "secondary", secret(record, "root-primary"));
  await withSql(record, "secondary", async (sql) => {
    await sql.query("SET sql_log_bin = 0");
    await sql.query("DROP USER IF EXISTS repluser@?", [hostOf(record, "secondary").address]); // the primary's account
  });
}

/** Journals and locks of repairs that began before this: they speak of servers that are no more. */
async function setRunsAside(record: LabRecord, say: Say): Promise<void> {
  for (const host of hostsOf(record)) {
    const folder = join(host.folder, "state");
    if (!existsSync(folder)) continue;
    const aside = `${folder}.before-heal-${Date.now()}`;
    await rename(folder, aside);
    say(`State folder of ${host.name} was set aside: ${aside}`);
  }
}
