import { findGo } from "./build-go-program.ts";
import { builtFolder, builtPulumi } from "./built-pulumi.ts";
import { downloadedFolder, downloadedPulumi } from "./downloaded-pulumi.ts";
import { binFolder, hasPulumi, installedPulumi, linkBin, linkedFolder } from "./find-pulumi.ts";
import { pulumiPackageVersion } from "./pins.ts";
import { type Say, sayOnStderr } from "./say.ts";
import { reasonOf, SetupError } from "./setup-error.ts";

/**
 * Makes `npx pulumi` work with this PULUMI_HOME (undefined: the user's own). Safe to repeat, and to run twice at the
 * same time. Says what it chose and why when it has to act. Throws SetupError when there is no way.
 */
export async function ensurePulumi(pulumiHome: string | undefined, say: Say = sayOnStderr): Promise<void> {
  const bin = binFolder(pulumiHome);
  const ours = linkedFolder(bin);
  if (hasPulumi(bin) && (!ours || [downloadedFolder(), builtFolder()].includes(ours))) return;
  const { folder, why } = (await alreadyHere(bin)) ?? (await getPulumi(say));
  say(`npx pulumi runs ${why}.`);
  await linkBin(bin, folder);
}

interface Choice {
  readonly folder: string;
  readonly why: string;
}

/** A CLI that needs no work. */
async function alreadyHere(bin: string): Promise<Choice | undefined> {
  const users = binFolder(undefined);
  if (users !== bin && hasPulumi(users) && !linkedFolder(users))
    return { folder: users, why: `the CLI in ${users}, which the npm package downloaded earlier` };
  const installed = await installedPulumi();
  if (installed) return { folder: installed, why: `the CLI installed in ${installed}: it is new enough` };
  if (hasPulumi(downloadedFolder())) return { folder: downloadedFolder(), why: "the CLI downloaded earlier" };
  if (hasPulumi(builtFolder())) return { folder: builtFolder(), why: "the CLI built earlier on this machine" };
  return undefined;
}

/** Downloaded where that is possible, else built; both once per version and user. */
async function getPulumi(say: Say): Promise<Choice> {
  const failures: string[] = [];
  try {
    return { folder: await downloadedPulumi(say), why: `the official CLI ${pulumiPackageVersion()}, downloaded` };
  } catch (error) {
    failures.push(`download: ${reasonOf(error)}`);
  }
  try {
    const go = findGo();
    if (!go) throw new SetupError("there is no Go on this machine");
    say(`The Pulumi CLI cannot be downloaded here (${failures[0]}), so it is built once from its Go modules.`);
    return { folder: await builtPulumi(go, say), why: "the CLI built on this machine" };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    throw new SetupError(nothingToBeHad([...failures, `build: ${error.message}`]), { cause: error });
  }
}

const nothingToBeHad = (failures: readonly string[]): string =>
  `There is no Pulumi CLI, and it can neither be downloaded nor built:
${failures.map((failure) => `  ${failure}`).join("\n")}
Do one of these, then run this again:
  - let this machine reach https://get.pulumi.com and https://github.com;
  - install the Pulumi CLI ${pulumiPackageVersion()} or newer, with its Node.js language host, on PATH;
  - install Go 1.26 or newer (https://go.dev/dl) and let it reach a module proxy (GOPROXY).`;
