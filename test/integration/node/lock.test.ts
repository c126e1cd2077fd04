import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SafetyError } from "../../../providers/errors.ts";
import { cancelJob, runFolderOf, startJob } from "../../../providers/node/job.ts";
import type { Shell } from "../../../providers/node/node.ts";
import { askToStop, removeDeadLock } from "../../../providers/runbook/ask-owner.ts";
import { lookAtLock, takeLock, untilSilent } from "../../../providers/runbook/lock.ts";
import { readRunTrace } from "../../../providers/runbook/run-trace.ts";
import { type TwoNodes, twoNodes } from "./lab-nodes.ts";

describe("lock", () => {
  let nodes: TwoNodes;
  let donor: Shell;
  let recipient: Shell;
  before(async () => {
    nodes = await twoNodes();
    ({ donor, recipient } = nodes);
  });
  beforeEach(() => nodes.clear());
  after(() => nodes.close());

  const settings = { runId: "run-1", owner: "ops@host pid 1" };
  /** Ages the beat as if its owner had died `seconds` ago; `elsewhere`: on a machine that is not this one. */
  const age = (shell: Shell, seconds: number): void => {
    const file = join(shell.host.stateFolder, "lock");
    const [owner = "", beat = ""] = readFileSync(file, "utf8").split("\n");
    const [boot, up, epoch] = beat.split(" ");
    const elsewhere = JSON.stringify({ ...JSON.parse(owner), process: "another-boot pid:[1] 1 1" });
    writeFileSync(file, `${elsewhere}\n${boot} ${Number(up) - seconds} ${epoch}\n`);
  };

  it("is held on both nodes, told by a trace, and gone after its release", async () => {
    const lock = await takeLock([donor, recipient], settings);
    await lock.assertHeld();
    const trace = await readRunTrace(recipient);
    assert.deepEqual([trace?.lock?.owner, trace?.lock?.runId], [settings.owner, "run-1"]);
    assert.equal((await lookAtLock(donor))?.owner?.runId, "run-1");
    await lock.release();
    assert.equal(await lookAtLock(donor), undefined);
    assert.equal(await readRunTrace(recipient), undefined);
  });

  it("is given to one of many that ask at once", async () => {
    const asking = Array.from({ length: 4 }, (_, index) =>
      takeLock([donor, recipient], { runId: `run-${index}`, owner: `o${index}`, patienceMs: 0 }),
    );
    const outcomes = await Promise.allSettled(asking);
    const won = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    assert.equal(won.length, 1, String(outcomes.map(({ status }) => status)));
    await won[0]?.assertHeld();
    await won[0]?.release();
  });

  it("is refused while its owner beats", async () => {
    const lock = await takeLock([donor, recipient], settings);
    const said: string[] = [];
    const second = takeLock([recipient, donor], { runId: "run-2", owner: "o2", tell: (text) => said.push(text) });
    await assert.rejects(second, (error: Error) => {
      assert.ok(error instanceof SafetyError);
      assert.match(error.message, /another run is at work: run run-1 of ops@host pid 1, last beat \d+ s ago/);
      return true;
    });
    assert.match(said[0] ?? "", /waiting whether it shows life/);
    await lock.assertHeld();
    await lock.release();
  });

  it("is on no node when the last one refuses it", async () => {
    const [first, last] = [donor, recipient].toSorted((a, b) => (a.host.name < b.host.name ? -1 : 1)) as [Shell, Shell];
    // A folder in place of the file, as a hand that went wrong leaves it.
    mkdirSync(join(last.host.stateFolder, "lock"), { recursive: true, mode: 0o700 });
    await assert.rejects(takeLock([donor, recipient], settings), /is no plain file/);
    assert.equal(await lookAtLock(first), undefined);
    rmSync(join(last.host.stateFolder, "lock"), { recursive: true });
  });

  it("is waited out by one who only looks, and refused to him at once where it beats", async () => {
    const lock = await takeLock([donor, recipient], settings);
    const said: string[] = [];
    await assert.rejects(
      untilSilent([donor, recipient], (text) => said.push(text)),
      /another run is at work: run run-1/,
    );
    assert.match(said[0] ?? "", /waiting whether it shows life/);
    for (const shell of [donor, recipient]) age(shell, 61);
    await untilSilent([donor, recipient], () => {});
    for (const shell of [donor, recipient]) rmSync(join(shell.host.stateFolder, "lock"));
    await lock.release();
    await untilSilent([donor, recipient], () => {});
  });

  it("is taken over when it is stale, and its first owner notices", async () => {
    const dead = await takeLock([donor, recipient], settings);
    for (const shell of [donor, recipient]) age(shell, 61);
    const lock = await takeLock([donor, recipient], { runId: "run-2", owner: "o2" });
    await assert.rejects(dead.assertHeld(), /lock of run run-1 was lost to run run-2 of o2/);
    await dead.release();
    await lock.assertHeld();
    await lock.release();
  });

  it("is taken over at once where its owner was a process of this machine and is dead", async () => {
    const script = `
      const { takeLock } = await import(${JSON.stringify(new URL("../../../providers/runbook/lock.ts", import.meta.url).href)});
      const { openShell } = await import(${JSON.stringify(new URL("../../../providers/node/open-node.ts", import.meta.url).href)});
      await takeLock(${JSON.stringify([donor.host, recipient.host])}.map((host) => openShell(host, {})), { runId: "run-9", owner: "dead one" });
      process.kill(process.pid, "SIGKILL");`;
    assert.throws(() =>
      execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], { stdio: "pipe" }),
    );
    assert.equal((await lookAtLock(donor))?.owner?.owner, "dead one");
    const startedMs = performance.now();
    const lock = await takeLock([donor, recipient], settings);
    assert.ok(performance.now() - startedMs < 30_000);
    await lock.release();
  });

  it("is not taken over while a job of its run lives, except by that run itself", async () => {
    await takeLock([donor, recipient], settings);
    const order = {
      name: "backup",
      runFolder: runFolderOf(donor, "run-1"),
      script: "sleep 60",
      args: [],
      limitSeconds: 90,
    };
    const job = await startJob(donor, order);
    for (const shell of [donor, recipient]) age(shell, 3_600);
    await assert.rejects(takeLock([donor, recipient], { runId: "run-2", owner: "o2" }), /jobs alive: backup/);
    const same = await takeLock([donor, recipient], { runId: "run-1", owner: "o3" });
    await same.release();
    await cancelJob(donor, job);
  });

  it("tells its owner when it was asked to stop, and the next owner nothing of it", async () => {
    const lock = await takeLock([donor, recipient], settings);
    await lock.assertHeld();
    assert.equal(lock.stopAsked(), false);
    const seen = await lookAtLock(recipient);
    assert.ok(seen);
    assert.equal(await askToStop(recipient, seen), true);
    await lock.assertHeld();
    assert.equal(lock.stopAsked(), true);
    await lock.release();
    assert.equal(await askToStop(recipient, seen), false, "a run that has ended");
    const next = await takeLock([donor, recipient], settings);
    assert.equal(await askToStop(recipient, seen), false, "the same run, taken up");
    await next.assertHeld();
    assert.equal(next.stopAsked(), false);
    await next.release();
  });

  it("passes no wish to stop on to the run that takes it over", async () => {
    await takeLock([donor, recipient], settings);
    const seen = await lookAtLock(donor);
    assert.ok(seen);
    await askToStop(donor, seen);
    for (const shell of [donor, recipient]) age(shell, 61);
    const lock = await takeLock([donor, recipient], settings);
    await lock.assertHeld();
    assert.equal(lock.stopAsked(), false);
    await lock.release();
  });

  it("is removed by others only when it shows no life", async () => {
    const lock = await takeLock([donor, recipient], settings);
    const fresh = await lookAtLock(donor);
    assert.ok(fresh);
    assert.equal((await removeDeadLock(donor, fresh))?.owner?.runId, "run-1");
    await lock.assertHeld();
    age(donor, 61);
    const stale = await lookAtLock(donor);
    assert.ok(stale);
    const order = {
      name: "clone",
      runFolder: runFolderOf(donor, "run-1"),
      script: "sleep 60",
      args: [],
      limitSeconds: 90,
    };
    const job = await startJob(donor, order);
    assert.deepEqual((await removeDeadLock(donor, stale))?.jobs, ["clone"]);
    await cancelJob(donor, job);
    assert.equal(await removeDeadLock(donor, stale), undefined);
    assert.equal(await lookAtLock(donor), undefined);
    await lock.release();
  });

  it("of an earlier boot is as old as this one, and a damaged one nobody's", async () => {
    await takeLock([donor, recipient], settings);
    for (const shell of [donor, recipient]) {
      const file = join(shell.host.stateFolder, "lock");
      const [owner = ""] = readFileSync(file, "utf8").split("\n");
      const elsewhere = JSON.stringify({ ...JSON.parse(owner), process: "another-boot pid:[1] 1 1" });
      writeFileSync(file, shell === donor ? `${elsewhere}\nearlier-boot 99999999 1\n` : "");
    }
    assert.ok(((await lookAtLock(donor))?.ageSeconds ?? 0) > 60);
    const lock = await takeLock([donor, recipient], { runId: "run-2", owner: "o2" });
    await lock.release();
  });
});
