import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Lab } from "../../lab/lab.ts";
import { withoutPulumi } from "../../tools/engine-env.ts";

export interface CliResult {
  readonly exitCode: number;
  /** Both streams, in the order of arrival. */
  readonly output: string;
}

const projectFolder = fileURLToPath(new URL("../..", import.meta.url));
const LIMIT_MS = 240_000;

/** A command of the operator on the lab's stack that is under way. */
export interface RunningCommand {
  output(): string;
  readonly ended: Promise<CliResult>;
}

export const start = (lab: Lab, file: string, args: readonly string[]): RunningCommand => {
  let output = "";
  const ended = new Promise<CliResult>((done, failed) => {
    const child = spawn(file, args, {
      cwd: projectFolder,
      env: { ...withoutPulumi(process.env), ...lab.environment() },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: LIMIT_MS,
    });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
    child.on("error", failed);
    child.on("close", (code) => done({ exitCode: code ?? -1, output }));
  });
  return { output: () => output, ended };
};

/** `npx pulumi ...` on the lab's stack, as an operator would type it. */
export const pulumi = (lab: Lab, ...args: string[]): Promise<CliResult> => startPulumi(lab, ...args).ended;

export const startPulumi = (lab: Lab, ...args: string[]): RunningCommand =>
  start(lab, "npx", ["pulumi", ...args, "--non-interactive"]);

export const healthOf = async (
  lab: Lab,
): Promise<{ state: string; findings: { code: string; subject: string; remedy: string }[] }> => {
  const { exitCode, output } = await pulumi(lab, "stack", "output", "health", "--json");
  if (exitCode !== 0) throw new Error(output);
  return JSON.parse(output);
};
