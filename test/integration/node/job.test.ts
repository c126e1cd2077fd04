import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import type { Lab } from "../../../lab/lab.ts";
import { ExecError, LimitError, SafetyError } from "../../../providers/errors.ts";
import {
  attachJob,
  cancelJob,
  type Job,
  type JobLook,
  type JobOrder,
  pollJob,
  removeJob,
  runFolderOf,
  startJob,
} from "../../../providers/node/job.ts";
import type { Shell } from "../../../providers/node/node.ts";
import { openShell } from "../../../providers/node/open-node.ts";
import { poll } from "../../../providers/node/poll.ts";
import { type Progress, watchJob } from "../../../providers/node/watch-job.ts";
import { bringUp, type ExtraHost, extraHost } from "./lab-nodes.ts";

const awkward = `-a'b"c\\d#e=f$g%h é; ${process.pid}`;
const MS = 20_000;

describe("detached jobs", () => {
  let lab: Lab;
  let extra: ExtraHost;
  let shell: Shell;
  before(async () => {
    lab = await bringUp("mysql-9.7");
    extra = await extraHost(lab, 3, `exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"`);
    shell = openShell(extra.host, { primaryMysqlPassword: awkward });
  });
  after(() => shell?.close());

  let number = 0;
  const start = (script: string, more: Partial<JobOrder> = {}): Promise<Job> =>
    startJob(shell, {
      ...{ name: `job-${++number}`, runFolder: runFolderOf(shell, "run-1"), script, args: [], limitSeconds: 60 },
      ...more,
    });
  const ended = (job: Job): Promise<JobLook> =>
    poll({ waitingFor: job.name, limitMs: MS, intervalMs: 200 }, async () => {
      const look = await pollJob(shell, job);
      return look.state === "running" ? undefined : look;
    });
  const watch = (job: Job, more = {}) =>
    watchJob(shell, job, { title: "the job", limitMs: MS, stallMs: MS, intervalMs: 300, ...more });
  const alive = async (mark: string): Promise<number> =>
    Number((await shell.tryScript(`ps -eo args | grep -c "^slee[p] $1"`, [mark], MS)).stdout);

  it("runs with its arguments and secrets, tells its progress, and cleans up", async () => {
    const script = `
      cp "$JOB/secret/password" "$JOB/seen"
      for part in 1 2 3 4; do echo "$((part * 100))" >"$JOB/progress"; sleep 0.5; done
      printf '%s' "$1" >"$JOB/argument"`;
    const job = await start(script, { args: ["it's $(touch x)"], secretFiles: { password: awkward } });
    const seen: Progress[] = [];
    const last = await watch(job, {
      totalBytes: 400,
      target: extra.host.stateFolder,
      onProgress: (progress: Progress) => seen.push(progress),
    });
    assert.deepEqual([last.exitCode, last.reason, last.bytes], [0, "done", 400]);
    assert.ok((last.freeBytes ?? 0) > 0);
    assert.ok(seen.length >= 2 && seen.every(({ totalBytes }) => totalBytes === 400));
    assert.equal(readFileSync(`${job.folder}/argument`, "utf8"), "it's $(touch x)");
    assert.equal(readFileSync(`${job.folder}/seen`, "utf8"), awkward);
    assert.ok(!existsSync(`${job.folder}/secret`));
    assert.equal(statSync(job.folder).mode & 0o777, 0o700);
    for (const file of readdirSync(job.folder))
      assert.equal(statSync(`${job.folder}/${file}`).mode & 0o777, 0o600, file);
  });

  it("tells the exit code and the last words of one that fails, without its secret", async () => {
    const job = await start(`cat "$JOB/secret/password" >&2; echo " is wrong" >&2; exit 5`, {
      secretFiles: { password: awkward },
    });
    await assert.rejects(watch(job), (error: ExecError) => {
      assert.ok(error instanceof ExecError && error.exitCode === 5);
      assert.match(error.message, /the job failed with exit code 5: \*\*\* is wrong/);
      return true;
    });
  });

  it("notices the stage of a pipe that failed, wherever it stands", async () => {
    const pipe = (script: string) => start(`${script}\nstages first last || exit`).then(ended);
    assert.equal((await pipe("stage first echo x | stage last cat")).exitCode, 0);
    assert.equal((await pipe("stage first sh -c 'echo x; kill -s KILL $$' | stage last cat")).exitCode, 137);
    const cut = await pipe("stage first yes | stage last sh -c 'exit 9'");
    assert.notEqual(cut.exitCode, 0, "a dead last stage ends the first one too");
  });

  it("outlives the SSH session, and is attached to", async () => {
    const job = await start(`until [ -e "$JOB/go" ]; do sleep 0.2; done; exit 7`);
    await shell.script("kill -s KILL $PPID; sleep 5", [], MS).catch(() => {});
    const second = openShell(extra.host, {});
    const attached = await attachJob(second, runFolderOf(second, "run-1"), job.name);
    assert.deepEqual(attached, job);
    assert.equal((await pollJob(second, job)).state, "running");
    await second.script(`: >"$1/go"`, [job.folder], MS);
    await second.close();
    assert.equal((await ended(job)).exitCode, 7);
    assert.equal(await attachJob(shell, runFolderOf(shell, "run-1"), "never-started"), undefined);
  });

  it("starts no second one of a name", async () => {
    const job = await start("sleep 30");
    await assert.rejects(start("true", { name: job.name }), SafetyError);
    await assert.rejects(removeJob(shell, job), SafetyError);
    await cancelJob(shell, job);
    await removeJob(shell, job);
    await ended(await start("true", { name: job.name }));
  });

  it("ends by its own limit with all its children, also those that ignore TERM", async () => {
    const mark = `81${process.pid}`;
    const job = await start(`(trap '' TERM; sleep ${mark}; sleep ${mark}) & sleep ${mark}`, { limitSeconds: 1 });
    await assert.rejects(watch(job, { limitMs: 40_000 }), (error: Error) => {
      assert.ok(error instanceof LimitError);
      assert.match(error.message, /reached the limit of its job/);
      return true;
    });
    assert.equal(await alive(mark), 0);
  });

  it("is cancelled with everything that it started, even in sessions of their own", async () => {
    const mark = `82${process.pid}`;
    const job = await start(`setsid sleep ${mark} & sleep ${mark}`, { secretFiles: { password: "x" } });
    const look = await cancelJob(shell, job);
    assert.deepEqual([look.state, look.reason], ["exited", "cancelled"]);
    assert.ok(!existsSync(`${job.folder}/secret`));
    await removeJob(shell, job);
    assert.equal(await alive(mark), 0);
  });

  it("is lost when it is killed from outside, and what is left of it is swept", async () => {
    const mark = `83${process.pid}`;
    const job = await start(`sleep ${mark}`, { secretFiles: { password: awkward } });
    await shell.script(`read -r pid rest <"$1/pid"; kill -s KILL "$pid"`, [job.folder], MS);
    assert.equal((await pollJob(shell, job)).state, "lost");
    await assert.rejects(watch(job), (error: ExecError) => {
      assert.ok(error instanceof ExecError && error.exitCode === -1);
      assert.match(error.message, /disappeared .* without an exit code/);
      return true;
    });
    assert.equal(await alive(mark), 0);
    assert.ok(!existsSync(`${job.folder}/secret`));
  });

  it("ends one that stands still, and says how much room there was", async () => {
    const mark = `84${process.pid}`;
    const job = await start(`echo 500 >"$JOB/progress"; sleep ${mark}`);
    await assert.rejects(watch(job, { stallMs: 2_000, target: extra.host.stateFolder }), (error: Error) => {
      assert.ok(error instanceof LimitError);
      assert.match(
        error.message,
        /stands still at 500 bytes for (?:[2-9]|\d{2,}) s \(limit 2 s\); \d+ bytes are free at the target; the job was ended/,
      );
      return true;
    });
    assert.equal(await alive(mark), 0);
  });

  it("ends one that fills the disk", async () => {
    const job = await start("sleep 30");
    await assert.rejects(watch(job, { freeBytesMin: Number.MAX_SAFE_INTEGER, target: "/" }), /running out of room/);
  });

  it("counts a named file's size as progress", async () => {
    const file = `${extra.host.stateFolder}/growing`;
    const job = await start(`head -c 12345 /dev/zero >"$1"`, { args: [file] });
    assert.equal((await watch(job, { file })).bytes, 12345);
  });
});
