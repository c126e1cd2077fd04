import { attachJob, cancelJob, type Job, pollJob, removeJob, runFolderOf, startJob } from "../node/job.ts";
import type { Arg, Node } from "../node/node.ts";
import { argText } from "../node/shell.ts";
import { type Progress, watchJob } from "../node/watch-job.ts";
import { bytesText, secondsText } from "../report/units.ts";

/** A line for the operator; ephemeral: a percentage, live only. */
export type Tell = (text: string, ephemeral?: boolean) => Promise<void>;

export interface TransferJob {
  readonly runId: string;
  readonly name: string;
  readonly title: string;
  /** See JobOrder.script. */
  readonly script: string;
  readonly args: readonly string[];
  /** Option files: $JOB/secret/<name>. */
  readonly secretFiles: Readonly<Record<string, Arg>>;
  /** What grows: a file's size, else the number that the script keeps in $JOB/progress. */
  readonly file?: string | undefined;
  /** A path on the mount that fills up. */
  readonly target: string;
  readonly totalBytes: number;
  readonly limitSeconds: number;
  readonly tell: Tell;
  /** Called as soon as the job runs. */
  readonly begun?: (() => Promise<void>) | undefined;
}

/** A full disk hangs instead of failing (MySQL tries again each 60 s, for ever): no growth for so long ends the job. */
const STALL_MS = 180_000;
/** Less than this left on the mount ends the job. */
export const FREE_BYTES_MIN = 64 * 1024 * 1024;

/** The job of an attempt whose runner is gone, if it is alive or has done its work: to be attached to. */
export const earlierJob = async (node: Node, runId: string, name: string): Promise<Job | undefined> => {
  const found = await lookAt(node, runId, name);
  const { state, exitCode, reason } = found ?? {};
  return state === "running" || (state === "exited" && exitCode === 0 && reason === "done") ? found?.job : undefined;
};

export const jobIsAlive = async (node: Node, runId: string, name: string): Promise<boolean> =>
  (await lookAt(node, runId, name))?.state === "running";

const lookAt = async (node: Node, runId: string, name: string) => {
  const job = await attachJob(node, runFolderOf(node, runId), name);
  return job && { job, ...(await pollJob(node, job)) };
};

/** Ends the job, should it be alive, and forgets it: its name is free again. */
export const forgetJob = async (node: Node, runId: string, name: string): Promise<void> => {
  const job = await attachJob(node, runFolderOf(node, runId), name);
  if (!job) return;
  await cancelJob(node, job);
  await removeJob(node, job);
};

/** Runs a detached job on the node to its end, or goes on watching an earlier one, and returns the bytes that it moved. */
export const runJob = async (node: Node, job: TransferJob, earlier?: Job): Promise<number> => {
  const watched = earlier ?? (await begin(node, job));
  await job.begun?.();
  const last = await watchJob(node, watched, {
    ...{ title: job.title, file: job.file, target: job.target, totalBytes: job.totalBytes },
    ...{ limitMs: (job.limitSeconds + 60) * 1000, stallMs: STALL_MS, freeBytesMin: FREE_BYTES_MIN, intervalMs: 1_000 },
    onProgress: (progress) => void job.tell(`${job.title}: ${progressText(progress)}`, true),
  });
  return last.bytes;
};

const begin = async (node: Node, job: TransferJob): Promise<Job> => {
  await forgetJob(node, job.runId, job.name);
  const secretFiles = Object.fromEntries(Object.entries(job.secretFiles).map(([name, text]) => [name, argText(text)]));
  const { name, script, args, limitSeconds } = job;
  const runFolder = runFolderOf(node, job.runId);
  return startJob(node, { name, script, args, limitSeconds, runFolder, secretFiles });
};

const progressText = ({ bytes, totalBytes = 0, bytesPerSecond, secondsLeft }: Progress): string =>
  [
    totalBytes > bytes ? `${bytesText(bytes)} of about ${bytesText(totalBytes)}` : bytesText(bytes),
    ...(bytesPerSecond === undefined ? [] : [`${bytesText(bytesPerSecond)}/s`]),
    ...(secondsLeft === undefined || totalBytes <= bytes ? [] : [`about ${secondsText(secondsLeft)} left`]),
  ].join(", ");
