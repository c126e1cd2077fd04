import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../../lab/lab.ts";
import { SafetyError } from "../../../providers/errors.ts";
import { readDurable, removeDurable, writeDurable } from "../../../providers/node/durable-file.ts";
import { cancelJob, runFolderOf, startJob } from "../../../providers/node/job.ts";
import type { Shell } from "../../../providers/node/node.ts";
import { openShell } from "../../../providers/node/open-node.ts";
import { readFenceMarker, removeFenceMarker, writeFenceMarker } from "../../../providers/runbook/fence-marker.ts";
import type { Identity } from "../../../providers/runbook/identity.ts";
import { finish, newJournal, withEvent } from "../../../providers/runbook/journal.ts";
import {
  journalFile,
  makeWay,
  readJournal,
  unfinishedJournal,
  writeJournal,
  writeJournalWherePossible,
} from "../../../providers/runbook/journal-file.ts";
import { lookAtLock, takeLock } from "../../../providers/runbook/lock.ts";
import { readRunTrace } from "../../../providers/runbook/run-trace.ts";
import { bringUp, extraHost } from "./lab-nodes.ts";

const run = `exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"`;
const secret = `-a'b"c\\d#e ${process.pid}`;
const donorIs: Identity = { name: "n1", serverUuid: "aaaa", serverId: 1 };
const recipientIs: Identity = { name: "n2", serverUuid: "bbbb", serverId: 2 };
const at = "2026-11-25T04:00:00Z";

describe("state folder of the nodes", () => {
  let lab: Lab;
  let donor: Shell;
  let recipient: Shell;
  before(async () => {
    lab = await bringUp("mysql-9.7");
    donor = openShell((await extraHost(lab, 4, run)).host, { primaryMysqlPassword: secret });
    recipient = openShell((await extraHost(lab, 5, run)).host, {});
  });
  after(async () => {
    await donor?.close();
    await recipient?.close();
  });
  beforeEach(() => {
    for (const shell of [donor, recipient]) rmSync(shell.host.stateFolder, { recursive: true, force: true });
  });
  const path = (name: string, shell = donor): string => join(shell.host.stateFolder, name);
  const modeOf = (file: string): number => statSync(file).mode & 0o777;

  describe("a file that must be there before the act", () => {
    it("is written, read, replaced and removed, 0600 in a 0700 folder", async () => {
      assert.equal(await readDurable(donor, path("x")), undefined);
      await writeDurable(donor, path("x"), `{"a":"it's $(touch y) é"}`, true);
      assert.equal(await readDurable(donor, path("x")), `{"a":"it's $(touch y) é"}`);
      for (let round = 0; round < 3; round++) await writeDurable(donor, path("x"), `{"round":${round}}`);
      assert.equal(await readDurable(donor, path("x")), `{"round":2}`);
      assert.deepEqual([modeOf(path("x")), modeOf(donor.host.stateFolder)], [0o600, 0o700]);
      await removeDurable(donor, path("x"));
      assert.equal(execFileSync("ls", ["-A", donor.host.stateFolder], { encoding: "utf8" }), "");
    });

    it("is not written over where it must be new", async () => {
      await writeDurable(donor, path("x"), "one", true);
      await assert.rejects(writeDurable(donor, path("x"), "two", true), /exists already/);
      assert.equal(await readDurable(donor, path("x")), "one");
    });

    it("is whole after a crash between any two of its moves", async () => {
      const leftovers: readonly string[] = [
        "ln x x.keep",
        "ln x x.keep && mv x.room x",
        "rm x.room && ln x x.room",
        "cp x.room x.next",
        "rm x && printf torn >x.room",
      ];
      for (const [round, leftover] of leftovers.entries()) {
        await writeDurable(donor, path("x"), `before ${round}`);
        execFileSync("sh", ["-c", `cd "$1" && ${leftover}`, "sh", donor.host.stateFolder]);
        await writeDurable(donor, path("x"), `after ${round}`);
        assert.equal(await readDurable(donor, path("x")), `after ${round}`, leftover);
        await writeDurable(donor, path("x"), "and again");
        assert.equal(await readDurable(donor, path("x")), "and again", leftover);
      }
    });

    it("takes long text", async () => {
      const long = JSON.stringify({ facts: "y".repeat(300_000) });
      await writeDurable(donor, path("x"), "short");
      await writeDurable(donor, path("x"), long);
      assert.equal(await readDurable(donor, path("x")), long);
    });

    it("follows no planted link, and uses no folder that others can write", async () => {
      const elsewhere = join(lab.folder, "elsewhere");
      writeFileSync(elsewhere, "mine");
      mkdirSync(donor.host.stateFolder, { mode: 0o700 });
      for (const name of ["x", "x.room", "x.keep", "x.next"]) {
        symlinkSync(elsewhere, path(name));
        await assert.rejects(writeDurable(donor, path("x"), "text"), SafetyError);
        rmSync(path(name));
      }
      symlinkSync(elsewhere, path("x"));
      await assert.rejects(readDurable(donor, path("x")), SafetyError);
      rmSync(path("x"));
      chmodSync(donor.host.stateFolder, 0o777);
      await assert.rejects(writeDurable(donor, path("x"), "text"), /can be written by others/);
      rmSync(donor.host.stateFolder, { recursive: true });
      symlinkSync(lab.folder, donor.host.stateFolder);
      await assert.rejects(writeDurable(donor, path("x"), "text"), /symbolic link/);
      assert.equal(readFileSync(elsewhere, "utf8"), "mine");
      assert.ok(lstatSync(donor.host.stateFolder).isSymbolicLink());
      rmSync(donor.host.stateFolder);
    });

    it("needs no room once it exists, and stops before the act where there is none", async () => {
      const mount = donor.host.stateFolder;
      mkdirSync(mount, { mode: 0o700 });
      // Only root can mount; as another user the rule is shown by the spare file alone.
      if (process.getuid?.() !== 0) {
        await writeDurable(donor, path("x"), "one");
        assert.ok(existsSync(path("x.room")));
        return;
      }
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", mount]);
      try {
        await writeDurable(donor, path("x"), "one");
        execFileSync("sh", ["-c", 'head -c 2000000 /dev/zero >"$1/full" 2>/dev/null || true', "sh", mount]);
        for (const word of ["two", "three", "four"]) await writeDurable(donor, path("x"), word);
        assert.equal(await readDurable(donor, path("x")), "four");
        await assert.rejects(writeDurable(donor, path("y"), "new"), (error: Error) => {
          assert.ok(error instanceof SafetyError);
          assert.match(error.message, /y was not written: .*No space left on device/);
          return true;
        });
        assert.equal(await readDurable(donor, path("y")), undefined);
      } finally {
        execFileSync("umount", [mount]);
      }
    });
  });

  describe("journal and fence marker", () => {
    const start = newJournal({
      runId: "run-1",
      startedAt: at,
      procedure: "vendor",
      donor: donorIs,
      recipient: recipientIs,
    });
    const fenced = withEvent(start, { step: "fence", at, kind: "started" });

    it("stand on both nodes, and a trace tells them", async () => {
      assert.equal(await readRunTrace(donor), undefined);
      await writeJournal({ donor, recipient }, fenced);
      await writeFenceMarker(recipient, { runId: "run-1", donor: donorIs, recipient: recipientIs, step: "fence" });
      for (const shell of [donor, recipient]) assert.deepEqual(await readJournal(shell), fenced);
      const trace = await readRunTrace(recipient);
      assert.equal(trace?.journal?.state, "S3");
      assert.equal(trace?.fence?.recipientUuid, "bbbb");
      assert.equal((await readRunTrace(donor))?.fence, undefined);
      assert.equal((await readFenceMarker(recipient))?.runId, "run-1");
      await removeFenceMarker(recipient);
      assert.equal(await readFenceMarker(recipient), undefined);
    });

    it("hide a secret that got into a fault", async () => {
      const failed = withEvent(fenced, { step: "fence", at, kind: "failed", fault: `denied for ${secret}` });
      await writeJournal({ donor, recipient }, failed);
      for (const shell of [donor, recipient]) {
        const text = readFileSync(journalFile(shell), "utf8");
        assert.ok(!text.includes("c\\\\d#e") && text.includes("denied for ***"));
      }
    });

    it("let an unfinished run of these servers be found, and no new one begin", async () => {
      await writeJournal({ donor, recipient }, fenced);
      assert.equal((await unfinishedJournal([donor, recipient], [donorIs, recipientIs]))?.runId, "run-1");
      await assert.rejects(
        makeWay([donor, recipient], [donorIs, recipientIs], "s"),
        /run run-1 is not finished \(state S3\)/,
      );
    });

    it("are void where they are about other servers or unreadable: kept and said", async () => {
      await writeJournal({ donor, recipient }, fenced);
      await writeDurable(recipient, journalFile(recipient), `{"format":1,"runId":"run`);
      const others = [donorIs, { ...recipientIs, serverUuid: "cccc" }];
      assert.equal(await unfinishedJournal([donor, recipient], others), undefined);
      const said = await makeWay([donor, recipient], others, "stamp");
      assert.equal(said.length, 2);
      assert.match(
        said[0] ?? "",
        /journal of run run-1 is about other servers; it is void and kept as .*journal.run-1.stamp.void/,
      );
      assert.match(said[1] ?? "", /an unreadable journal; it is void and kept as/);
      assert.ok(existsSync(path("journal.run-1.stamp.void")));
      assert.equal(await readJournal(donor), undefined);
    });

    it("move aside when their run is finished", async () => {
      await writeJournal({ donor, recipient }, finish(fenced));
      assert.deepEqual(await makeWay([donor, recipient], [donorIs, recipientIs], "stamp"), []);
      assert.ok(existsSync(path("run/run-1/journal.stamp.json")));
    });

    it("are written where possible when a node is out of reach", async () => {
      await writeJournal({ donor, recipient }, fenced);
      const gone = openShell({ ...recipient.host, connection: { ...recipient.host.connection, port: 1 } }, {});
      const more = withEvent(fenced, { step: "fence", at, kind: "failed", fault: "gone" });
      assert.equal((await writeJournalWherePossible({ donor, recipient: gone }, more)).length, 1);
      await assert.rejects(writeJournal({ donor, recipient: gone }, more));
      assert.equal((await readJournal(donor))?.events.length, 2);
      await gone.close();
    });
  });

  describe("lock", () => {
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
      assert.equal(lock.doubt(), undefined);
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

    it("is taken over when it is stale, and its first owner notices", async () => {
      const dead = await takeLock([donor, recipient], settings);
      for (const shell of [donor, recipient]) age(shell, 61);
      const lock = await takeLock([donor, recipient], { runId: "run-2", owner: "o2" });
      await assert.rejects(dead.assertHeld(), /lock of run run-1 was lost to run run-2 of o2/);
      assert.match(dead.doubt() ?? "", /was lost/);
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
      assert.ok(performance.now() - startedMs < 10_000);
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
});
