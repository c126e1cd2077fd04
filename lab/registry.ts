import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, unlinkSync } from "node:fs";
import { createServer } from "node:net";
import { basename, join } from "node:path";
import { LabError } from "./lab-error.ts";
import { withLock } from "./lock.ts";
import { cacheFolder, labFolder, privateFolder } from "./paths.ts";
import { addressOf, hostNames, type LabRecord } from "./record.ts";
import type { Say } from "./say.ts";

/** One link per lab of this user, named by its index and leading to its folder, wherever that lies. */
const registry = (): string => join(cacheFolder(), "labs");

export type Place = Pick<LabRecord, "index" | "ports">;

/** Takes a free index for the lab, and ports that nobody listens on there. Makes the lab's folder. */
export async function claimPlace(name: string, say: Say): Promise<Place> {
  const folder = labFolder(name);
  mkdirSync(registry(), { recursive: true, mode: 0o700 });
  return withLock(join(registry(), ".lock"), 60_000, say, async () => {
    privateFolder(join(folder, ".."));
    const ours = entries().some((entry) => entry.folder === folder);
    if (!ours && existsSync(folder) && readdirSync(folder).length > 0)
      throw new LabError(`${folder} is there already and is no lab of yours. Take another name for the lab.`);
    privateFolder(folder);
    const link = (index: number) => join(registry(), String(index));
    const taken = (index: number) => lstatSync(link(index), { throwIfNoEntry: false }) !== undefined;
    for (const stale of entries().filter((entry) => !existsSync(entry.folder) || entry.folder === folder))
      unlinkSync(link(stale.index));
    for (let index = 1; index < 255; index++) {
      if (taken(index)) continue;
      const ports = await freePorts(index);
      if (!ports) continue;
      symlinkSync(folder, link(index));
      return { index, ports };
    }
    throw new LabError('No address is left for another lab. "npm run lab -- list" shows them, "... wipe" removes one.');
  });
}

export function releasePlace(name: string): void {
  for (const entry of entries())
    if (entry.folder === labFolder(name)) unlinkSync(join(registry(), String(entry.index)));
}

/** Every lab of this user, by index. */
export const entries = (): readonly { index: number; folder: string; name: string }[] =>
  (existsSync(registry()) ? readdirSync(registry()) : [])
    .filter((file) => /^\d+$/.test(file))
    .map((file) => ({ index: Number(file), folder: readlinkSync(join(registry(), file)) }))
    .map((entry) => ({ ...entry, name: basename(entry.folder) }))
    .sort((a, b) => a.index - b.index);

/** The usual ports, or the next ones that are free on all addresses of the index. */
async function freePorts(index: number): Promise<LabRecord["ports"] | undefined> {
  const mysql = await freePort(index, 3306);
  const ssh = await freePort(index, 2222);
  const http = await freePort(index, 8080);
  return mysql && ssh && http ? { mysql, ssh, http } : undefined;
}

async function freePort(index: number, usual: number): Promise<number | undefined> {
  for (const port of [usual, usual + 10, usual + 20, usual + 30]) {
    const free = await Promise.all(hostNames.map((name) => isFree(addressOf(index, name), port)));
    if (free.every(Boolean)) return port;
  }
  return undefined;
}

export const isFree = (address: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
