import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { type Lab, openLab } from "../../lab/lab.ts";
import type { Flavour } from "../../lab/packages/software.ts";
import type { Side } from "../../lab/record.ts";
import { pulumi } from "../support/pulumi.ts";
import { filesWith, inAllForms, secretsOf, watchProcesses } from "../support/secrets-watch.ts";
import { createAdmin } from "./admin.ts";
import { endEngine } from "./cell.ts";
import { clientFolder, installClients, type JobBytes, measureJobs } from "./gate.ts";
import { largestBackup } from "./invariants/files.ts";
import { outsideOfJobs } from "./invariants/traces.ts";
import { mountAll, unmountAll } from "./mounts.ts";
import { donor, generalLog, hostFolder, sides } from "./nodes.ts";
import { changeStack } from "./stack-file.ts";
import { installSync } from "./sync.ts";

/** A lab that is used for cell after cell. */
export interface WarmLab {
  readonly lab: Lab;
  readonly jobBytes: JobBytes;
  /** What a run takes that nothing disturbs, from the start of the CLI to its end. */
  readonly runMs: number;
  /** Takes it down. Returns where a password was seen that belongs nowhere: processes, files, logs, the engine's state. */
  close(): Promise<readonly string[]>;
}

/** Requests a second, of each gateway. */
const RATE = 2;
/** Of a backup. The small disks have room for several of them, and cells are about half a minute with little data. */
const GROWN_BYTES = 32 * 1024 * 1024;
/** The lab's own places for passwords, and the servers' data. */
const SECRET_PLACES = /\/secrets\/|\/passphrase$|\.cnf$|\/data\/|password/;

/** Brings up a pair under a low load, adopts it, and measures one reinitialisation that nothing disturbs. */
export const warmLab = async (name: string, flavour: Flavour): Promise<WarmLab> => {
  const lab = openLab(name);
  unmountAll(lab);
  await lab.wipe();
  await lab.up({ flavour, passwords: "awkward", ratePerSecond: RATE });
  for (const side of sides) logStatements(lab, side);
  await mountAll(lab);
  installClients(lab);
  installSync(lab);
  for (const side of sides) changeStack(lab, [side, "clientFolder"], clientFolder(lab, side));
  await createAdmin(lab);
  const known = new Set<string>();
  // Some are renewed on the way, and the old ones are secrets still.
  const secrets = (): readonly string[] => {
    for (const its of inAllForms(secretsOf(lab))) known.add(its);
    return [...known];
  };
  const watch = watchProcesses(secrets);
  const close = async (): Promise<readonly string[]> => {
    watch.stop();
    endEngine(lab);
    const inFiles = await outsideOfJobs(lab, filesWith(lab.folder, secrets(), SECRET_PLACES));
    const seen = [...watch.seen(), ...inFiles];
    unmountAll(lab);
    await lab.wipe();
    return seen;
  };
  try {
    await lab.load("start");
    await succeed(lab, "up", "--yes", "--skip-preview");
    changeStack(lab, ["triggers"], ["measure"]);
    const startedMs = performance.now();
    const jobBytes = await measureJobs(lab, () => succeed(lab, "up", "--yes", "--skip-preview"));
    return { lab, jobBytes, runMs: performance.now() - startedMs, close };
  } catch (error) {
    await close();
    throw error;
  }
};

/** Its gateways write while cells run: after hours of it the backups of one cell would fill the disk they go to. */
export const hasGrown = (lab: Lab): boolean => largestBackup(join(hostFolder(lab, donor), "backup")) > GROWN_BYTES;

/** From its next start on, also after a crash. */
const logStatements = (lab: Lab, side: Side): void =>
  appendFileSync(
    join(hostFolder(lab, side), "my.cnf"),
    `\n[mysqld]\ngeneral_log = ON\ngeneral_log_file = ${generalLog(lab, side)}\n`,
  );

const succeed = async (lab: Lab, ...args: string[]): Promise<void> => {
  const { exitCode, output } = await pulumi(lab, ...args);
  if (exitCode !== 0) throw new Error(output);
};
