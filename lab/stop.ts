import { rm } from "node:fs/promises";
import { stopGateways } from "./application.ts";
import { stopServers } from "./host/mysqld.ts";
import { sshdPid } from "./host/sshd.ts";
import { reasonOf } from "./lab-error.ts";
import { labFolder } from "./paths.ts";
import { endProcessesOf, processesOf, signal } from "./processes.ts";
import { findRecord, hostsOf, type LabRecord } from "./record.ts";
import { entries, releasePlace } from "./registry.ts";
import { type Say, sayWhile } from "./say.ts";
import { removeStackFile } from "./stack.ts";

/** Ends every process of the lab and keeps its data. Safe to repeat. */
export async function takeDown(record: LabRecord, say: Say): Promise<void> {
  const folder = labFolder(record.name);
  if (processesOf(folder).length === 0) return say(`Lab ${record.name} is down already`);
  await sayWhile(say, `Taking lab ${record.name} down`, stopAll(record, say));
  const ended = await endProcessesOf(folder);
  for (const line of ended) say(`  had to be ended: ${line}`);
  say("No process of it is left");
}

/** Kindly; whatever does not stop so is ended by its mark afterwards. */
async function stopAll(record: LabRecord, say: Say): Promise<void> {
  const failed = (error: unknown) => say(`  ${reasonOf(error)}`);
  await stopGateways(record, 20_000).catch(failed);
  for (const host of hostsOf(record)) {
    const pid = sshdPid(host);
    if (pid) signal(pid, "SIGTERM");
  }
  await stopServers(record).catch(failed);
}

/** Takes the lab down and removes its folder, its stack file and its place. Packages in the cache stay. */
export async function wipe(name: string, say: Say): Promise<void> {
  const folder = labFolder(name);
  const record = findRecord(name);
  // Never a folder that only happens to lie where a lab of this name would.
  if (!record && !entries().some((entry) => entry.folder === folder)) return say(`There is no lab ${name}`);
  if (record) await takeDown(record, say);
  await endProcessesOf(folder);
  await rm(folder, { recursive: true, force: true });
  await removeStackFile(name);
  releasePlace(name);
  say(`Lab ${name} is removed: folder ${folder}, its stack and its stack file`);
}
