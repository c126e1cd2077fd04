import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Lab } from "../../lab/lab.ts";
import { waitFor } from "../../lab/wait.ts";
import { withoutPulumi } from "../../tools/engine-env.ts";

export interface CliResult {
  readonly exitCode: number;
  /** Both streams, in the order of arrival. */
  readonly output: string;
}

/** A command of the operator on the lab's stack that is under way. */
export interface RunningCommand {
  readonly child: ChildProcess;
  output(): string;
  /** undefined: it is at work. */
  result(): CliResult | undefined;
  readonly ended: Promise<CliResult>;
}

export interface CommandOptions {
  /** The checkout in which he works; absent: this one. */
  readonly folder?: string;
  readonly stack?: string;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

export const projectFolder = fileURLToPath(new URL("../..", import.meta.url));
/** Longer than any limit of a run's own that a test waits for. */
const LIMIT_MS = 1_800_000;
/** An orphan may hold the streams of a CLI that was killed. */
const STREAMS_MS = 2_000;
/** Of a run that has come to no step for so long something is wrong, whatever else the machine does. */
const SAID_MS = 300_000;

export const start = (
  lab: Lab,
  file: string,
  args: readonly string[],
  { folder, stack, env }: CommandOptions = {},
): RunningCommand => {
  const child = spawn(file, args, {
    cwd: folder ?? projectFolder,
    env: { ...withoutPulumi(process.env), ...lab.environment(), ...(stack ? { PULUMI_STACK: stack } : {}), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LIMIT_MS,
    // A process group of its own, so that a ^C can be sent to it as a terminal does.
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (output += data));
  let result: CliResult | undefined;
  const ended = new Promise<CliResult>((done, failed) => {
    const end = (code: number | null): void => {
      result ??= { exitCode: code ?? -1, output };
      done(result);
    };
    child.on("error", failed);
    child.on("exit", (code) => setTimeout(() => end(code), STREAMS_MS).unref());
    child.on("close", end);
  });
  return { child, output: () => output, result: () => result, ended };
};

/** Waits until its output matches. Throws an Error with the output when it ends before that, LabError after the limit. */
export const untilSaid = async (command: RunningCommand, pattern: RegExp): Promise<void> => {
  const hasSaid = async (): Promise<boolean> => {
    // In this order: what it says last counts.
    const ended = command.result();
    if (pattern.test(command.output())) return true;
    if (ended) throw new Error(`the command ended and has not said ${pattern.source}:\n${command.output()}`);
    return false;
  };
  await waitFor(`a command to say ${pattern.source}`, hasSaid, SAID_MS, command.output);
};

/** What `npx pulumi ...` runs, on the lab's stack. */
export const pulumi = (lab: Lab, ...args: string[]): Promise<CliResult> => startPulumiWith(lab, {}, ...args).ended;

export const startPulumiWith = (lab: Lab, options: CommandOptions, ...args: string[]): RunningCommand =>
  start(lab, join(projectFolder, "node_modules/.bin/pulumi"), [...args, "--non-interactive"], options);

/** As an operator types it: what stands between him and the engine takes part in a ^C, and may end before it. */
export const startNpxPulumi = (lab: Lab, options: CommandOptions, ...args: string[]): RunningCommand =>
  start(lab, "npx", ["pulumi", ...args, "--non-interactive"], options);

export const healthOf = async (
  lab: Lab,
): Promise<{ state: string; findings: { code: string; subject: string; remedy: string }[] }> => {
  const { exitCode, output } = await pulumi(lab, "stack", "output", "health", "--json");
  if (exitCode !== 0) throw new Error(output);
  return JSON.parse(output);
};
