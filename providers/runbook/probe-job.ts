import { ExecError, LimitError } from "../errors.ts";
import { attachJob, cancelJob, type Job, type JobLook, pollJob, removeJob, startJob } from "../node/job.ts";
import type { Shell } from "../node/node.ts";
import { poll } from "../node/poll.ts";
import type { Reach } from "../observe/observe.ts";
import type { Refusal } from "../plan/plan.ts";

const JOB = "probe";
const SCRIPT_MS = 15_000;
const END_MS = 10_000;
const JOB_LIMIT_SECONDS = 30;

/** Told when the connection that began it has ended; what ends the processes of a login may take a moment. */
const probeScript = 'until [ -e "$JOB/over" ]; do sleep 0.1; done; sleep 0.5';

/**
 * Backup, clone and guards are jobs that have to outlive their connection and to write how they ended. A host that ends
 * what a login leaves behind would break the clone in its middle; here it costs nothing.
 */
export const jobsDie = async (reach: Pick<Reach, "ownShell">, shell: Shell): Promise<readonly Refusal[]> => {
  await forget(shell);
  try {
    const job = await begin(reach, shell);
    await shell.script('umask 077; : >"$1/over"', [job.folder], SCRIPT_MS);
    const end = await untilEnded(shell, job);
    return end.state === "exited" && end.exitCode === 0 && end.reason === "done" ? [] : [refusal(shell, endText(end))];
  } catch (error) {
    // Like any other refusal, so that none hides the others.
    if (!(error instanceof ExecError || error instanceof LimitError)) throw error;
    const said = error instanceof ExecError ? error.stderr.trim() : "";
    return [refusal(shell, `did not end by itself: ${said || error.message}`)];
  } finally {
    await forget(shell);
  }
};

/** By a connection of its own, which is closed: only then the login has ended. */
const begin = async (reach: Pick<Reach, "ownShell">, { host }: Shell): Promise<Job> => {
  const visitor = await reach.ownShell(host);
  try {
    return await startJob(visitor, {
      ...{ name: JOB, runFolder: host.stateFolder, script: probeScript, args: [], limitSeconds: JOB_LIMIT_SECONDS },
    });
  } finally {
    await visitor.close();
  }
};

const untilEnded = (shell: Shell, job: Job): Promise<JobLook> =>
  poll({ waitingFor: "a small job to end", limitMs: END_MS, intervalMs: 150, node: shell.host.name }, async () => {
    const look = await pollJob(shell, job);
    return look.state === "running" ? undefined : look;
  });

const endText = ({ state, exitCode }: JobLook): string =>
  state === "lost" ? "was killed with it and left no exit code" : `was ended with it (exit code ${exitCode})`;

const refusal = ({ host }: Shell, what: string): Refusal => ({
  code: "jobs-die",
  subject: host.name,
  message: `a job on ${host.name} has to outlive the SSH session that began it, and one that was tried ${what}`,
  hint: `see what ends the processes of a login there: KillUserProcesses in logind.conf (loginctl enable-linger ${host.connection.user}), or a script at logout`,
});

/** Of this look, or of one that was cut short. */
const forget = async (shell: Shell): Promise<void> => {
  const job = await attachJob(shell, shell.host.stateFolder, JOB);
  if (!job) return;
  if ((await pollJob(shell, job)).state === "running") await cancelJob(shell, job);
  await removeJob(shell, job);
};
