import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { withLock } from "./lock.ts";
import type { Say } from "./say.ts";

/** Everything about the CLI that is kept between runs, by version: safe to delete, it is made again. */
export const pulumiCache = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "replication-pair", "pulumi");

/** Longer than the slowest build seen, so that a second command waits for the first one's result. */
const waitForOtherMs = 60 * 60_000;

/**
 * Folder `name` of the cache; `make` fills it when it is not there. It is filled in a folder beside it and renamed
 * when whole, by one process at a time: nobody ever sees half of it.
 */
export async function cachedFolder(name: string, say: Say, make: (fresh: string) => Promise<void>): Promise<string> {
  const folder = join(pulumiCache(), name);
  if (existsSync(folder)) return folder;
  mkdirSync(pulumiCache(), { recursive: true, mode: 0o700 });
  return withLock(join(pulumiCache(), `.${name}.lock`), waitForOtherMs, say, async () => {
    if (existsSync(folder)) return folder;
    const fresh = mkdtempSync(join(pulumiCache(), `.new-${name}-`));
    try {
      await make(fresh);
      // Without flock another process may have been quicker: its folder is as good as ours.
      if (!existsSync(folder)) await rename(fresh, folder);
      return folder;
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  });
}
