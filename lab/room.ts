import { mkdirSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { LabError } from "./lab-error.ts";
import { megabytes } from "./say.ts";

/** Refuses before anything is written when the disk of `folder` has less than `neededBytes` free. */
export async function checkRoom(folder: string, neededBytes: number, forWhat: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const disk = await statfs(folder);
  const freeBytes = disk.bavail * disk.bsize;
  if (freeBytes < neededBytes)
    throw new LabError(
      `${forWhat} needs ${megabytes(neededBytes)} in ${folder}, where ${megabytes(freeBytes)} are free. Make room, then run it again.`,
    );
}
