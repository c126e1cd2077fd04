import { lstatSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { LabError } from "./lab-error.ts";

/** The project's own folder. */
export const projectFolder = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

/** Folder that holds every lab of this user. */
export const labHome = (): string => process.env.REPLICATION_PAIR_LAB_HOME || join(stateHome(), "replication-pair-lab");

/** Not the temporary folder: the journals of a lab are held to the rules of all journals. */
const stateHome = (): string => (process.getuid?.() === 0 ? "/var/lib" : join(homedir(), ".local/state"));

/** Packages, templates and the registry of labs: shared by all labs of this user. */
export const cacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "replication-pair");

export function labFolder(name: string): string {
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(name))
    throw new LabError(
      `"${name}" cannot be the name of a lab: up to 20 lower-case letters, digits and dashes, a letter first.`,
    );
  return join(labHome(), name);
}

/** Makes a folder for this user alone. The parent may be world-writable, so a folder of somebody else is refused. */
export function privateFolder(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.())
    throw new LabError(
      `${folder} belongs to somebody else. Set REPLICATION_PAIR_LAB_HOME to a folder of yours, then run it again.`,
    );
  return folder;
}
