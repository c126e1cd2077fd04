import { ExecError, LimitError, UnreachableError } from "../errors.ts";
import { cancelJob, type Job, type JobLook, type JobMeasure, pollJob } from "./job.ts";
import type { Shell } from "./node.ts";
import { poll } from "./poll.ts";

export interface Progress {
  readonly bytes: number;
  readonly totalBytes?: number | undefined;
  /** Over the last half minute; undefined: not yet known. */
  readonly bytesPerSecond?: number | undefined;
  readonly secondsLeft?: number | undefined;
}

export interface WatchSettings extends JobMeasure {
  /** What the job does, as messages say it: "the backup". */
  readonly title: string;
  /** How long the runner watches; the job has its own limit besides. */
  readonly limitMs: number;
  /** No growth for so long ends the job: a full disk hangs, it does not fail. */
  readonly stallMs: number;
  /** Less free space than this at the target ends the job. */
  readonly freeBytesMin?: number | undefined;
  readonly totalBytes?: number | undefined;
  readonly intervalMs?: number | undefined;
  /** How long the node may be out of reach; the job goes on meanwhile. */
  readonly unreachableMs?: number | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Size at an age of the job; ages are the node's, so a sleeping runner or a jumping clock is no stall. */
export interface Sample {
  readonly ageSeconds: number;
  readonly bytes: number;
}

/** The samples of the last half minute, and the age at which the size last changed. */
export interface Track {
  readonly samples: readonly Sample[];
  readonly changedAgeSeconds: number;
}

const windowSeconds = 30;

export const follow = (track: Track, sample: Sample): Track => ({
  samples: [...track.samples.filter((old) => old.ageSeconds >= sample.ageSeconds - windowSeconds), sample],
  changedAgeSeconds: track.samples.at(-1)?.bytes === sample.bytes ? track.changedAgeSeconds : sample.ageSeconds,
});

export const stalledSeconds = (track: Track): number =>
  (track.samples.at(-1)?.ageSeconds ?? 0) - track.changedAgeSeconds;

export const progressOf = (track: Track, totalBytes: number | undefined): Progress => {
  const none: Sample = { ageSeconds: 0, bytes: 0 };
  const last = track.samples.at(-1) ?? none;
  const first = track.samples.at(0) ?? none;
  const seconds = last.ageSeconds - first.ageSeconds;
  const bytesPerSecond = seconds > 0 ? (last.bytes - first.bytes) / seconds : undefined;
  const secondsLeft =
    totalBytes !== undefined && bytesPerSecond !== undefined && bytesPerSecond > 0
      ? Math.max(0, Math.round((totalBytes - last.bytes) / bytesPerSecond))
      : undefined;
  return { bytes: last.bytes, totalBytes, bytesPerSecond, secondsLeft };
};

/**
 * Watches a job to its end and returns the last look (exit code 0). Otherwise the job has ended or been ended:
 * ExecError (its exit code; lost: -1), LimitError (its limit, ours, a stall, no room left). While the node cannot be
 * reached the job goes on; after `unreachableMs` UnreachableError, and the job still goes on: attach later.
 */
export const watchJob = async (shell: Shell, job: Job, settings: WatchSettings): Promise<JobLook> => {
  let track: Track = { samples: [], changedAgeSeconds: 0 };
  let reachedMs = performance.now();
  const end = async (words: string): Promise<never> => {
    await cancelJob(shell, job);
    throw new LimitError(`${shell.host.name}: ${words}; the job was ended`, { node: shell.host.name });
  };
  const oneLook = async (): Promise<JobLook | undefined> => {
    let now: JobLook;
    try {
      now = await pollJob(shell, job, settings);
      reachedMs = performance.now();
    } catch (error) {
      const awayMs = performance.now() - reachedMs;
      const passing = error instanceof LimitError || (error instanceof UnreachableError && error.retryable);
      if (!passing || awayMs > (settings.unreachableMs ?? 120_000)) throw error;
      return undefined;
    }
    if (now.state === "exited" && now.exitCode === 0 && now.reason === "done") return now;
    if (now.state !== "running") throw await failure(shell, job, settings, now);
    track = follow(track, { ageSeconds: now.ageSeconds ?? 0, bytes: now.bytes });
    settings.onProgress?.(progressOf(track, settings.totalBytes));
    const stalled = stalledSeconds(track);
    if (stalled * 1000 >= settings.stallMs)
      return end(
        `${settings.title} stands still at ${now.bytes} bytes for ${stalled} s (limit ${settings.stallMs / 1000} s)${room(now)}`,
      );
    if (settings.freeBytesMin !== undefined && now.freeBytes !== undefined && now.freeBytes < settings.freeBytesMin)
      return end(
        `${settings.title} is running out of room at ${now.bytes} bytes (limit ${settings.freeBytesMin} free bytes)${room(now)}`,
      );
    return undefined;
  };
  try {
    return await poll(
      { waitingFor: settings.title, limitMs: settings.limitMs, intervalMs: settings.intervalMs ?? 2_000 },
      oneLook,
    );
  } catch (error) {
    if (error instanceof LimitError && error.node === undefined)
      return end(`${settings.title} was not done within ${settings.limitMs / 1000} s`);
    throw error;
  }
};

const room = (now: JobLook): string =>
  now.freeBytes === undefined ? "" : `; ${now.freeBytes} bytes are free at the target`;

const failure = async (shell: Shell, job: Job, settings: WatchSettings, now: JobLook): Promise<Error> => {
  const node = shell.host.name;
  const said = now.stderrTail === "" ? "it said nothing" : now.stderrTail.split("\n").slice(-5).join("\n");
  // What a job started in sessions of its own may have outlived it.
  if (now.state === "lost" || now.reason === "limit") await cancelJob(shell, job);
  if (now.state === "exited" && now.reason === "limit")
    return new LimitError(
      `${node}: ${settings.title} reached the limit of its job at ${now.bytes} bytes${room(now)}; ${said}`,
      { node },
    );
  if (now.state === "exited")
    return new ExecError(
      `${node}: ${settings.title} ${now.reason === "cancelled" ? "was cancelled" : "failed"} with exit code ${now.exitCode}: ${said}`,
      now.exitCode ?? -1,
      now.stderrTail,
      { node },
    );
  return new ExecError(
    `${node}: ${settings.title} disappeared at ${now.bytes} bytes without an exit code: killed, out of memory, or the node was restarted; ${said}`,
    -1,
    now.stderrTail,
    { node },
  );
};
