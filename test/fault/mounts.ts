import { execFileSync } from "node:child_process";
import { closeSync, cpSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { Lab } from "../../lab/lab.ts";
import { sides } from "./nodes.ts";

/** Folders that have a file system of their own, so that one can be full and nothing else. */
const places = {
  backup: { folder: "primary/backup", megabytes: 256 },
  "journal-donor": { folder: "primary/state", megabytes: 4 },
  "journal-recipient": { folder: "secondary/state", megabytes: 4 },
  "data-donor": { folder: "primary/data", megabytes: 1024 },
  "data-recipient": { folder: "secondary/data", megabytes: 1024 },
  /** Where the engine keeps the stack's state. */
  runner: { folder: "engine/state", megabytes: 16 },
} as const;

export type Place = keyof typeof places;

const folderOf = (lab: Lab, place: Place): string => join(lab.folder, places[place].folder);

export const cannotMount = (): string | undefined =>
  userInfo().uid === 0 ? undefined : "only root can mount a file system of a chosen size";

/** On a new lab, before its first run. Its servers are started anew in any case: from then on they log every statement. */
export const mountAll = async (lab: Lab): Promise<void> => {
  await lab.gateways("stop");
  for (const side of sides) await lab.server(side, "stop");
  if (!cannotMount()) for (const place of Object.keys(places) as Place[]) mount(lab, place);
  for (const side of sides) await lab.server(side, "start");
  await lab.gateways("start");
};

const mount = (lab: Lab, place: Place): void => {
  const folder = folderOf(lab, place);
  const aside = `${folder}.aside`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  renameSync(folder, aside);
  mkdirSync(folder, { mode: 0o700 });
  const size = `size=${places[place].megabytes}m,mode=0700`;
  execFileSync("mount", ["-t", "tmpfs", "-o", size, "tmpfs", folder]);
  cpSync(aside, folder, { recursive: true });
  rmSync(aside, { recursive: true });
};

/** Also of a lab that another process has left. */
export const unmountAll = (lab: Lab): void => {
  for (const line of readFileSync("/proc/mounts", "utf8").split("\n")) {
    const folder = line.split(" ")[1] ?? "";
    if (folder.startsWith(`${lab.folder}/`)) execFileSync("umount", ["-l", folder]);
  }
};

const ballast = (lab: Lab, place: Place): string => join(folderOf(lab, place), "ballast");

/** To the last byte. */
export const fill = (lab: Lab, place: Place): void => {
  const handle = openSync(ballast(lab, place), "w", 0o600);
  try {
    for (const bytes of [1 << 20, 1 << 12, 1]) write(handle, Buffer.alloc(bytes));
  } finally {
    closeSync(handle);
  }
};

const write = (handle: number, block: Buffer): void => {
  try {
    for (;;) writeSync(handle, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
};

export const free = (lab: Lab, place: Place): void => rmSync(ballast(lab, place), { force: true });
