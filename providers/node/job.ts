import { ExecError, LimitError, SafetyError } from "../errors.ts";
import { jobScript, pollText, startText, supervisorText, sweepText } from "./job-script.ts";
import type { Shell } from "./node.ts";
import { poll } from "./poll.ts";
import { setArguments } from "./shell.ts";

/** A command on a node that outlives the SSH connection and the runner; everything about it is in its folder (0700). */
export interface Job {
  readonly name: string;
  /** `<stateFolder>/run/<runId>/jobs/<name>`: supervisor, script, secret/, pid, stdout, stderr, progress, reason, exit. */
  readonly folder: string;
}

export interface JobOrder {
  /** Lower-case letters, digits and hyphens; once per run. */
  readonly name: string;
  /** `<stateFolder>/run/<runId>` */
  readonly runFolder: string;
  /**
   * Constant POSIX sh text. $1, $2 ... are the arguments, $JOB the folder, $JOB/secret/<name> the secret files. It writes a
   * number of bytes to $JOB/progress where no file's size tells it. Pipes: `stage` and `stages`, see job-script.ts.
   */
  readonly script: string;
  /** No secrets: they stay in the script's file as long as the run's folder. */
  readonly args: readonly string[];
  /** Name and text; 0600, removed when the job ends. */
  readonly secretFiles?: Readonly<Record<string, string>> | undefined;
  /** The job is ended by its own watchdog on the node, also when nobody looks. */
  readonly limitSeconds: number;
}

export type JobState = "running" | "exited" | "lost";

/** What a look at a job found. */
export interface JobLook {
  /** lost: no exit file and no process; killed from outside, out of memory, or the node was restarted. */
  readonly state: JobState;
  readonly exitCode?: number | undefined;
  /** Why it ended: by itself, by its limit, by cancelJob. */
  readonly reason?: "done" | "limit" | "cancelled" | undefined;
  readonly bytes: number;
  /** Free bytes on the mount of the target; undefined: not asked or not known. */
  readonly freeBytes?: number | undefined;
  /** Last 2000 bytes, redacted. */
  readonly stderrTail: string;
  /** Since its start, by the node's own clock; undefined: it never started. */
  readonly ageSeconds?: number | undefined;
}

/** What pollJob measures. */
export interface JobMeasure {
  /** Its size is the progress; absent: the number in $JOB/progress. */
  readonly file?: string | undefined;
  /** A path on the mount whose free space counts. */
  readonly target?: string | undefined;
}

const limitMs = 30_000;

export const runFolderOf = (shell: Shell, runId: string): string => `${shell.host.stateFolder}/run/${runId}`;

export const jobOf = (runFolder: string, name: string): Job => {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) throw new TypeError(`"${name}" is no name for a job`);
  return { name, folder: `${runFolder}/jobs/${name}` };
};

/** Starts a job; SafetyError where the run has one of this name already (see attachJob). */
export const startJob = async (shell: Shell, order: JobOrder): Promise<Job> => {
  const job = jobOf(order.runFolder, order.name);
  const secrets = Object.entries(order.secretFiles ?? {}).flatMap(([name, text]) => [name, { secret: text }]);
  const script = jobScript(setArguments(order.args), order.script);
  try {
    await shell.script(
      startText,
      [job.folder, String(order.limitSeconds), supervisorText, script, ...secrets],
      limitMs,
    );
    return job;
  } catch (error) {
    if (!(error instanceof ExecError) || error.exitCode !== 17) throw error;
    throw new SafetyError(`${shell.host.name}: this run has a job ${order.name} already (${job.folder})`, {
      node: shell.host.name,
      next: "Attach to it, or end and remove it first.",
      cause: error,
    });
  }
};

/** The job of this name in the run, alive or not; undefined: the run has none. */
export const attachJob = async (shell: Shell, runFolder: string, name: string): Promise<Job | undefined> => {
  const job = jobOf(runFolder, name);
  return (await look(shell, job, {})) ? job : undefined;
};

/** One look. A job whose folder is gone is lost. */
export const pollJob = async (shell: Shell, job: Job, measure: JobMeasure = {}): Promise<JobLook> =>
  (await look(shell, job, measure)) ?? { state: "lost", bytes: 0, stderrTail: "" };

const look = async (shell: Shell, job: Job, measure: JobMeasure): Promise<JobLook | undefined> => {
  const { stdout } = await shell.script(pollText, [job.folder, measure.file ?? "", measure.target ?? ""], limitMs);
  return parseLook(stdout, shell.redact);
};

/** Reads the answer of the look script; undefined: no folder. */
export const parseLook = (stdout: string, redact: (text: string) => string): JobLook | undefined => {
  const [head = "", ...tail] = stdout.split("stderr:\n");
  const fields = Object.fromEntries(
    head.split("\n").map((line) => [line.split("=")[0], line.slice(line.indexOf("=") + 1)]),
  );
  const number = (text: string | undefined): number | undefined =>
    text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  if (fields.state === "absent") return undefined;
  const freeKib = number(fields.freeKib);
  return {
    state: fields.state as JobState,
    exitCode: number(fields.code),
    reason: fields.reason as JobLook["reason"],
    bytes: number(fields.bytes) ?? 0,
    freeBytes: freeKib === undefined ? undefined : freeKib * 1024,
    stderrTail: redact(tail.join("stderr:\n")).trim(),
    ageSeconds: number(fields.age),
  };
};

/**
 * Ends a job with everything that it started: TERM, KILL ten seconds later, by its own watchdog; then whatever else bears
 * its mark, also where the watchdog is gone. Returns how it stands then; how an ended job had ended stays as it was.
 */
export const cancelJob = async (shell: Shell, job: Job): Promise<JobLook> => {
  if ((await pollJob(shell, job)).state === "running") {
    // Where no file can be made, its watchdog cannot be told: the sweep ends it.
    const told = (await shell.tryScript(`umask 077; : >"$1/cancel"`, [job.folder], limitMs)).exitCode === 0;
    const settings = { waitingFor: `the job ${job.name} to end`, limitMs: told ? 20_000 : 0, intervalMs: 500 };
    await poll(settings, async () => ((await pollJob(shell, job)).state === "running" ? undefined : true)).catch(
      (error) => {
        if (!(error instanceof LimitError)) throw error;
      },
    );
  }
  await shell.script(sweepText, [job.folder], limitMs);
  return pollJob(shell, job);
};

/** Forgets a job that does not run, so that its name may be used again; SafetyError while it runs. */
export const removeJob = async (shell: Shell, job: Job): Promise<void> => {
  const now = await pollJob(shell, job);
  if (now.state === "running")
    throw new SafetyError(`${shell.host.name}: the job ${job.name} still runs`, { node: shell.host.name });
  if (now.state === "lost") await shell.script(sweepText, [job.folder], limitMs);
  await shell.script(`rm -rf -- "$1"`, [job.folder], limitMs);
};
