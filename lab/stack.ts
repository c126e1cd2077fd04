import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { engineEnv, withoutPulumi } from "../tools/engine-env.ts";
import { ensurePulumi } from "../tools/get-pulumi.ts";
import { ensureCommandPlugin } from "./command-plugin/ensure-command-plugin.ts";
import { labFolder, projectFolder } from "./paths.ts";
import type { LabRecord } from "./record.ts";
import { run } from "./run.ts";
import { type Say, sayWhile } from "./say.ts";
import { stackSettings } from "./stack-settings.ts";
import { yamlLines } from "./yaml.ts";

export const stackName = (name: string): string => `lab-${name}`;

const stackFile = (name: string): string => join(projectFolder, "stacks", `Pulumi.${stackName(name)}.yaml`);

const engineFolder = (name: string): string => join(labFolder(name), "engine");

/** Variables under which `npx pulumi` works on the lab: own home, own backend, own stack; never the user's. */
export const stackVariables = (name: string): Record<string, string> => ({
  ...engineEnv(engineFolder(name)),
  PULUMI_STACK: stackName(name),
});

/** Whole environment for a CLI that works on the lab. */
export const stackEnvironment = (name: string): NodeJS.ProcessEnv => ({
  ...withoutPulumi(process.env),
  ...stackVariables(name),
});

/** Gets the CLI where it is missing, makes the lab's stack, and writes its settings. */
export async function prepareStack(record: LabRecord, say: Say): Promise<void> {
  const environment = stackEnvironment(record.name);
  const home = environment.PULUMI_HOME ?? "";
  await ensurePulumi(home, say);
  await ensureCommandPlugin(home, say);
  const options = { cwd: projectFolder, env: environment, timeoutMs: 120_000 };
  const words = ["pulumi", "stack", "select", "--create", "--non-interactive", stackName(record.name)];
  await sayWhile(say, `Pulumi stack ${stackName(record.name)}`, run("npx", words, options));
  const file = stackFile(record.name);
  const salt = existsSync(file) ? (/^encryptionsalt: .*$/m.exec(readFileSync(file, "utf8"))?.[0] ?? "") : "";
  writeFileSync(file, stackText(record, salt), { mode: 0o600 });
}

export const removeStackFile = (name: string): Promise<void> => rm(stackFile(name), { force: true });

function stackText(record: LabRecord, salt: string): string {
  const settings = Object.entries(stackSettings(record)).map(([key, value]) => [`replication-pair:${key}`, value]);
  const lines = yamlLines({ config: Object.fromEntries(settings) }, "");
  return [`# Settings of the lab "${record.name}", written by every "npm run lab -- up".`, salt, ...lines, ""].join(
    "\n",
  );
}
