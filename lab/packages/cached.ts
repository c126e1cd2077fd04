import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "../lock.ts";
import { cacheFolder } from "../paths.ts";
import { checkRoom } from "../room.ts";
import type { Say } from "../say.ts";

export interface Cached {
  readonly version: string;
  readonly folder: string;
}

/** Fills a new folder; `finalFolder` tells where it will lie, for texts that hold its path. */
export type Build = (folder: string, finalFolder: (version: string) => string) => Promise<string>;

const packageLimitMs = 15 * 60_000;

/**
 * The newest complete version of a package in this user's cache; builds one when there is none. It is built in a
 * folder beside and renamed when whole, by one process at a time, so a half package is never seen.
 */
export async function cached(kind: string, neededBytes: number, say: Say, build: Build): Promise<Cached> {
  const shelf = join(cacheFolder(), "packages", kind);
  const found = newest(shelf);
  if (found) return found;
  mkdirSync(shelf, { recursive: true, mode: 0o700 });
  return withLock(join(shelf, ".lock"), packageLimitMs, say, async () => {
    const madeMeanwhile = newest(shelf);
    if (madeMeanwhile) return madeMeanwhile;
    await checkRoom(shelf, neededBytes, `Package ${kind}`);
    const leftovers = readdirSync(shelf).filter((name) => name.startsWith(".new-"));
    for (const name of leftovers) await rm(join(shelf, name), { recursive: true });
    const fresh = join(shelf, `.new-${process.pid}`);
    mkdirSync(fresh);
    try {
      const version = await build(fresh, (its) => join(shelf, its));
      await rename(fresh, join(shelf, version));
      return { version, folder: join(shelf, version) };
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  });
}

function newest(shelf: string): Cached | undefined {
  if (!existsSync(shelf)) return undefined;
  const order = new Intl.Collator("en", { numeric: true });
  const version = readdirSync(shelf)
    .filter((name) => !name.startsWith("."))
    .sort(order.compare)
    .at(-1);
  return version === undefined ? undefined : { version, folder: join(shelf, version) };
}
