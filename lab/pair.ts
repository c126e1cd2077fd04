import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { secureServer } from "./host/accounts.ts";
import { dataTemplate, placeData } from "./host/data.ts";
import { writeHostFiles } from "./host/files.ts";
import { mysqlService, writeNodeConfig } from "./host/mysqld.ts";
import { makeLoginKey, startSshd } from "./host/sshd.ts";
import { labFolder } from "./paths.ts";
import { hostOf, hostsOf, type LabRecord, type Side, sides } from "./record.ts";
import { linkStatus, waitCaughtUp, wireBoth } from "./replication.ts";
import { checkRoom } from "./room.ts";
import { type Say, sayWhile } from "./say.ts";
import { withSql } from "./sql.ts";
import { statementsOf } from "./sql-script.ts";
import { waitFor } from "./wait.ts";

/** Two data folders with logs, and room for backups. */
const roomBytes = 1.5e9;

/** Brings up what a cluster has before any application: hosts with sshd, two servers, replication both ways. */
export async function startPair(record: LabRecord, applicationSchema: string, say: Say): Promise<void> {
  const made = join(labFolder(record.name), "made");
  if (!existsSync(made)) await checkRoom(labFolder(record.name), roomBytes, `Lab ${record.name}`);
  const template = await dataTemplate(record.server, say);
  for (const host of hostsOf(record)) writeHostFiles(record, host);
  await makeLoginKey(record);
  const starting = [...sides.map((side) => startServer(record, side, template)), startHosts(record)];
  await sayWhile(say, "Starting two MySQL servers, and an sshd for each of three hosts", Promise.all(starting));
  if (existsSync(made)) return waitRetries(record);
  say("Replication both ways");
  await emptyServers(record);
  await wireBoth(record);
  say("The application's schemas, on the primary; the secondary gets them by replication");
  await withSql(record, "primary", async (sql) => {
    for (const statement of statementsOf(applicationSchema)) await sql.query(statement);
  });
  await waitCaughtUp(record, "secondary");
  writeFileSync(made, `${new Date().toISOString()}\n`);
}

async function startServer(record: LabRecord, side: Side, template: string): Promise<void> {
  writeNodeConfig(record, side);
  await placeData(template, hostOf(record, side).folder);
  await mysqlService(record, side, "start");
  await secureServer(record, side);
}

async function startHosts(record: LabRecord): Promise<void> {
  for (const host of hostsOf(record)) await startSshd(record, host);
}

/** A first start that was cut off may have left schemas on one side; nothing in them is worth keeping yet. */
async function emptyServers(record: LabRecord): Promise<void> {
  for (const side of sides)
    await withSql(record, side, async (sql) => {
      await sql.query("SET sql_log_bin = 0");
      for (const schema of ["ssg", "otk_db"]) await sql.query(`DROP DATABASE IF EXISTS ${schema}`);
    });
}

/** Servers started again meet each other at a retry. What was broken on purpose stays so, and is no reason to wait. */
async function waitRetries(record: LabRecord): Promise<void> {
  for (const side of sides) {
    const settled = async () => (await linkStatus(record, side))?.io !== "Connecting";
    await waitFor("links to meet", settled, 5000).catch(() => {});
  }
}
