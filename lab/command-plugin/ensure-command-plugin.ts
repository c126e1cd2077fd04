import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { cachedFolder } from "../../tools/cache.ts";
import { command } from "../../tools/command.ts";
import { reachDownloads } from "../../tools/downloaded-pulumi.ts";
import { binFolder, isExecutable } from "../../tools/find-pulumi.ts";
import { type Say, sayOnStderr } from "../../tools/say.ts";
import { reasonOf } from "../../tools/setup-error.ts";
import { bundle } from "../bundle.ts";
import { quoted } from "../shell-text.ts";
import { pluginVersion } from "./plugin-version.ts";

const folderName = `resource-command-v${pluginVersion}`;
const programName = "pulumi-resource-command";
const installLimitMs = 5 * 60_000;

/** How a script of ours is known from the official program. */
const mark = "# Stand-in for the official command plugin, placed by the lab.";

/**
 * Puts the `command` plugin into this PULUMI_HOME (never the user's own): the official one where it can be had, else
 * the stand-in of this folder. Says in one line which. The CLI must be in place (ensurePulumi).
 */
export async function ensureCommandPlugin(pulumiHome: string, say: Say = sayOnStderr): Promise<void> {
  const program = join(pulumiHome, "plugins", folderName, programName);
  const kind = kindOf(program);
  if (kind === "official") return say(`Command plugin: the official one, ${pluginVersion}.`);
  // Written anew each time: it is of this checkout.
  if (kind === "stand-in") {
    writeStandIn(program);
    return say(`Command plugin: the lab's own stand-in for ${pluginVersion}, as before.`);
  }
  try {
    const official = await officialProgram(pulumiHome, say);
    mkdirSync(join(pulumiHome, "plugins", folderName), { recursive: true });
    await rm(program, { force: true });
    symlinkSync(official, program);
    say(`Command plugin: the official one, ${pluginVersion}, from ${official}.`);
  } catch (error) {
    writeStandIn(program);
    say(`Command plugin: the official ${pluginVersion} cannot be had (${reasonOf(error)}); the lab's stand-in serves.`);
  }
}

function kindOf(program: string): "official" | "stand-in" | "none" {
  if (!isExecutable(program)) return "none";
  return readFileSync(program).subarray(0, 200).includes(mark) ? "stand-in" : "official";
}

/** The one that the user's own Pulumi has, or a download that all labs of this user share. */
async function officialProgram(pulumiHome: string, say: Say): Promise<string> {
  const users = join(homedir(), ".pulumi", "plugins", folderName, programName);
  if (isExecutable(users)) return users;
  const folder = await cachedFolder(`command-plugin-${pluginVersion}`, say, async (fresh) => {
    await reachDownloads();
    say(`Downloading the command plugin ${pluginVersion}.`);
    const env = { ...process.env, PULUMI_HOME: fresh, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const words = ["plugin", "install", "resource", "command", pluginVersion];
    await command(join(binFolder(pulumiHome), "pulumi"), words, { env, timeoutMs: installLimitMs });
  });
  return join(folder, "plugins", folderName, programName);
}

function writeStandIn(program: string): void {
  const fresh = `${program}.new-${process.pid}`;
  const text = `${program}.cjs`;
  mkdirSync(join(program, ".."), { recursive: true });
  bundle(new URL("main.ts", import.meta.url), text);
  const line = [process.execPath, text].map(quoted).join(" ");
  writeFileSync(fresh, `#!/bin/sh\n${mark}\nexec ${line} "$@"\n`, { mode: 0o755 });
  renameSync(fresh, program);
}
