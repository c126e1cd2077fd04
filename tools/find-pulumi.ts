import { accessSync, constants, lstatSync, mkdirSync, readlinkSync, renameSync, statSync, symlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pulumiCache } from "./cache.ts";
import { command } from "./command.ts";
import { pulumiPackageVersion } from "./pins.ts";

/** Where the npm package `pulumi` looks for the CLI before it downloads one. */
export const binFolder = (pulumiHome: string | undefined): string =>
  join(pulumiHome ?? join(homedir(), ".pulumi"), "versions", pulumiPackageVersion(), "bin");

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).size > 0;
  } catch {
    return false;
  }
}

export const hasPulumi = (folder: string): boolean => isExecutable(join(folder, "pulumi"));

/** Folder in our cache that `bin` links to; undefined: it is no link of ours. */
export function linkedFolder(bin: string): string | undefined {
  if (!lstatSync(bin, { throwIfNoEntry: false })?.isSymbolicLink()) return undefined;
  const target = readlinkSync(bin);
  return target.startsWith(`${pulumiCache()}/`) ? target : undefined;
}

/** Makes `bin` a link to `folder` in one step, whatever was there. */
export async function linkBin(bin: string, folder: string): Promise<void> {
  mkdirSync(dirname(bin), { recursive: true });
  const fresh = `${bin}.new-${process.pid}`;
  await rm(fresh, { force: true });
  symlinkSync(folder, fresh);
  // What is no link here has no working CLI in it (asked before): the rest of a broken download.
  if (lstatSync(bin, { throwIfNoEntry: false })?.isDirectory()) await rm(bin, { recursive: true, force: true });
  renameSync(fresh, bin);
}

/** Folder of an installed CLI on PATH that is at least as new as the npm package; its own hosts lie beside it. */
export async function installedPulumi(): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    // npm puts node_modules/.bin on PATH: that one is the npm package itself.
    if (folder.includes("node_modules") || !hasPulumi(folder) || !isExecutable(join(folder, "pulumi-language-nodejs")))
      continue;
    const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const version = await command(join(folder, "pulumi"), ["version"], { env, timeoutMs: 15_000 });
    if (isAtLeast(version.trim().replace(/^v/, ""), pulumiPackageVersion())) return folder;
  }
  return undefined;
}

/** Compares the numbers of x.y.z. */
export function isAtLeast(version: string, wanted: string): boolean {
  const order = new Intl.Collator("en", { numeric: true });
  return order.compare(version.split("-")[0] ?? "", wanted) >= 0;
}
