import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { cachedFolder, pulumiCache } from "./cache.ts";
import { command } from "./command.ts";
import { packageFolder, pulumiPackageVersion } from "./pins.ts";
import { type Say, sayWhile } from "./say.ts";
import { SetupError } from "./setup-error.ts";

/** Enough for a slow line to answer, short enough for a machine behind a firewall that drops everything. */
const reachLimitMs = 15_000;
const downloadLimitMs = 15 * 60_000;

const downloadedName = (): string => `official-${pulumiPackageVersion()}`;

/** Folder of the programs; it need not be there. */
export const downloadedFolder = (): string => join(pulumiCache(), downloadedName(), "bin");

/** Throws with the reason when Pulumi's download site cannot be reached. */
export async function reachDownloads(): Promise<void> {
  const answer = await fetch("https://get.pulumi.com/install.sh", { signal: AbortSignal.timeout(reachLimitMs) });
  await answer.body?.cancel();
  if (!answer.ok) throw new SetupError(`get.pulumi.com answered ${answer.status}`);
}

/** The official CLI with its hosts, fetched by the npm package `pulumi` itself. Throws when it cannot be reached. */
export async function downloadedPulumi(say: Say): Promise<string> {
  await reachDownloads();
  await cachedFolder(downloadedName(), say, async (fresh) => {
    const version = pulumiPackageVersion();
    say(`Downloading the Pulumi CLI ${version} (about 100 MB; a minute or two).`);
    const home = join(fresh, ".home");
    const env = { ...process.env, PULUMI_HOME: home, PULUMI_VERSION: version };
    const run = join(packageFolder("pulumi"), "run.js");
    const work = command(process.execPath, [run, "version"], { env, timeoutMs: downloadLimitMs });
    await sayWhile(say, work, () => "downloading", 10);
    const bin = join(home, "versions", version, "bin");
    if (!existsSync(join(bin, "pulumi"))) throw new SetupError(`the download left no program in ${bin}`);
    await rename(bin, join(fresh, "bin"));
  });
  return downloadedFolder();
}
