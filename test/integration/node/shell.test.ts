import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import type { Lab } from "../../../lab/lab.ts";
import { ExecError, LimitError, UnreachableError } from "../../../providers/errors.ts";
import { defaultLimits } from "../../../providers/node/node.ts";
import { openShell } from "../../../providers/node/open-node.ts";
import { poll } from "../../../providers/node/poll.ts";
import type { Host } from "../../../providers/pair.ts";
import { bringUp, type ExtraHost, extraHost } from "./lab-nodes.ts";

const run = `exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"`;
const awkward = `-a'b"c\\d#e=f$g%h é; ${process.pid}`;
const MS = 10_000;

/** Child processes, deepest last. */
const below = (pid: number): readonly number[] =>
  execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .flatMap(([child]) => [child as number, ...below(child as number)]);

/** A process that its parent's end has taken along is fine. */
const signal = (pids: readonly number[], name: NodeJS.Signals): void => {
  for (const pid of pids)
    try {
      process.kill(pid, name);
    } catch {}
};

describe("shell over SSH", () => {
  let lab: Lab;
  let plain: ExtraHost;
  let noisy: ExtraHost;
  before(async () => {
    lab = await bringUp("mysql-9.7");
    plain = await extraHost(lab, 1, run);
    noisy = await extraHost(lab, 2, `echo hello; echo noise >&2\n/bin/sh -c "$SSH_ORIGINAL_COMMAND"; echo bye`);
  });

  const using = async <T>(
    host: Host,
    act: (shell: ReturnType<typeof openShell>) => Promise<T>,
    limits = {},
  ): Promise<T> => {
    const shell = openShell(host, {}, { ...defaultLimits, ...limits });
    try {
      return await act(shell);
    } finally {
      await shell.close();
    }
  };

  it("is not spoilt by a start-up file that prints", () =>
    using(noisy.host, async (shell) => {
      const { stdout, stderr } = await shell.script("echo 42; echo warning >&2", [], MS);
      assert.deepEqual([stdout, stderr], ["42\n", "warning\n"]);
    }));

  it("hands over every byte of an argument, and shows no secret in a process list", () =>
    using(plain.host, async (shell) => {
      const text = `
look() { case $(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ') in *"$1"*) echo seen ;; *) echo unseen ;; esac; }
printf '%s' "$2"
look "$2" >&2
sh -c 'sleep 30; :' "$2" >/dev/null 2>&1 &
until [ "$(look "$2")" = seen ]; do sleep 0.05; done
echo "seen in one that has it" >&2
kill $!`;
      const { stdout, stderr } = await shell.script(text, ["$(touch x)", { secret: awkward }], MS);
      assert.deepEqual([stdout, stderr], [awkward, "unseen\nseen in one that has it\n"]);
    }));

  it("redacts a secret in errors", () =>
    using(plain.host, async (shell) => {
      const failing = shell.script(`echo "cannot log in with $1" >&2; exit 4`, [{ secret: awkward }], MS);
      await assert.rejects(failing, (error: ExecError) => {
        assert.ok(error instanceof ExecError && error.exitCode === 4);
        assert.match(error.message, /cannot log in with \*\*\*/);
        assert.ok(!`${error.message}${error.stderr}`.includes("c\\d#e"));
        return true;
      });
    }));

  it("takes 5 MB of output, and binary output without harm", () =>
    using(plain.host, async (shell) => {
      const { stdout } = await shell.script(`head -c 5000000 /dev/zero | tr '\\0' x`, [], 30_000);
      assert.equal(stdout.length, 5_000_000);
      const binary = await shell.script("head -c 50000 /dev/urandom; exit 0", [], MS);
      assert.equal(binary.exitCode, 0);
    }));

  it("gives up output without end", () =>
    using(plain.host, (shell) => assert.rejects(shell.script("yes", [], 30_000), /printed more than 100000 bytes/), {
      outputBytesMax: 100_000,
    }));

  it("tells a shell that was ended by a signal", () =>
    using(plain.host, (shell) =>
      assert.rejects(shell.tryScript("kill -s KILL $$", [], MS), /ended by signal|before the script did/),
    ));

  it("ends a script at its limit, with what it started", () =>
    using(plain.host, async (shell) => {
      const mark = `7${process.pid}`;
      await assert.rejects(shell.script(`echo working >&2; sleep "$1" & sleep "$1"`, [mark], 4_000), (error: Error) => {
        assert.ok(error instanceof LimitError);
        assert.match(error.message, /did not end within 4 s; it said: working/);
        return true;
      });
      const { stdout } = await shell.tryScript(`ps -eo args | grep -c "^slee[p] $1"`, [mark], MS);
      assert.equal(stdout.trim(), "0");
    }));

  it("runs more scripts at once than MaxSessions allows", () =>
    using(plain.host, async (shell) => {
      const all = Array.from({ length: 25 }, (_, index) => shell.script(`sleep 0.2; echo "$1"`, [String(index)], MS));
      const results = await Promise.all(all);
      assert.deepEqual(
        results.map(({ stdout }) => Number(stdout)),
        [...results.keys()],
      );
    }));

  it("goes through a jump host, and pins its key too", async () => {
    const { connection } = plain.host;
    const through = (hostKey: string): Host => ({
      ...plain.host,
      connection: { ...connection, proxy: { ...noisy.host.connection, hostKey } },
    });
    const good = await using(through(noisy.host.connection.hostKey), (shell) => shell.script("echo $LAB_HOST", [], MS));
    assert.match(good.stdout, /extra-1/);
    await using(through(connection.hostKey), (shell) =>
      assert.rejects(shell.script("true", [], MS), /jump host.*another host key/),
    );
  });

  it("says what to do where nothing can become root", () =>
    using({ ...plain.host, become: "sudo" }, async (shell) => {
      const ask = (): Promise<string | Error> =>
        shell.script("id -u", [], MS).then(
          ({ stdout }) => stdout.trim(),
          (error: Error) => error,
        );
      // With sudo installed, root may use it; without it the message names the line for sudoers, however soon it ends.
      for (const answer of await Promise.all(Array.from({ length: 60 }, ask)))
        if (answer instanceof Error) assert.match((answer as UnreachableError).next ?? "", /NOPASSWD/);
        else assert.equal(answer, "0");
    }));

  it("connects again after its session was killed", () =>
    using(plain.host, async (shell) => {
      await shell.script("true", [], MS);
      const cut = shell.script("sleep 30", [], MS);
      const cutFails = assert.rejects(
        cut,
        (error: UnreachableError) => error instanceof UnreachableError && error.retryable,
      );
      await shell.script("true", [], MS);
      signal(below(plain.sshd() ?? 0), "SIGKILL");
      await cutFails;
      assert.equal((await shell.script("echo again", [], MS)).stdout, "again\n");
    }));

  it("keeps its limits where the host's sshd is frozen", () =>
    using(
      plain.host,
      async (shell) => {
        await shell.script("true", [], MS);
        const frozen = [plain.sshd() ?? 0, ...below(plain.sshd() ?? 0)];
        signal(frozen, "SIGSTOP");
        const startedMs = performance.now();
        try {
          const running = shell.script("true", [], 1_000);
          await assert.rejects(
            running,
            (error: Error) => error instanceof UnreachableError || error instanceof LimitError,
          );
          await using(
            plain.host,
            (second) => assert.rejects(second.script("true", [], 1_000), /no answer within 1.5 s/),
            {
              connectMs: 1_500,
            },
          );
        } finally {
          signal(frozen, "SIGCONT");
        }
        assert.ok(performance.now() - startedMs < 30_000);
        assert.equal((await shell.script("echo alive", [], MS)).stdout, "alive\n");
      },
      { openMs: 1_500, keepaliveMs: 1_000 },
    ));

  it("does not ask a host again for as long as it just did not answer", () =>
    using(
      plain.host,
      async (shell) => {
        const frozen = [plain.sshd() ?? 0];
        signal(frozen, "SIGSTOP");
        const refusedAfter = async (): Promise<number> => {
          const beganMs = performance.now();
          await assert.rejects(shell.script("true", [], MS), /no answer within 3 s/);
          return performance.now() - beganMs;
        };
        try {
          assert.ok((await refusedAfter()) > 2_500);
          for (let count = 0; count < 5; count++) assert.ok((await refusedAfter()) < 2_500);
        } finally {
          signal(frozen, "SIGCONT");
        }
        const answers = () => shell.script("echo alive", [], MS).then(Boolean, () => undefined);
        await poll({ waitingFor: "the host to be asked again", limitMs: 10_000, intervalMs: 100 }, answers);
      },
      { connectMs: 3_000 },
    ));

  it("notices silence while it waits, by its keepalive", () =>
    using(
      plain.host,
      async (shell) => {
        await shell.script("true", [], MS);
        const waiting = shell.script("sleep 60", [], 60_000);
        const frozen = below(plain.sshd() ?? 0);
        signal(frozen, "SIGSTOP");
        try {
          await assert.rejects(waiting, (error: Error) => error instanceof UnreachableError);
        } finally {
          signal(frozen, "SIGCONT");
        }
      },
      { keepaliveMs: 500 },
    ));

  it("says which address does not answer", async () => {
    const { host } = plain;
    const nowhere = { ...host, connection: { ...host.connection, port: 1 } };
    await using(nowhere, (shell) =>
      assert.rejects(shell.script("true", [], MS), (error: UnreachableError) => {
        assert.ok(error instanceof UnreachableError && error.retryable);
        assert.match(error.message, /127\.77\.\d+\.11:1: .*ECONNREFUSED/);
        return true;
      }),
    );
  });
});
