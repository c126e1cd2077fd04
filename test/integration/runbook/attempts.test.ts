import assert from "node:assert/strict";
import { defaultLimits } from "../../../providers/node/node.ts";
import { openShell } from "../../../providers/node/open-node.ts";
import { persistently } from "../../../providers/runbook/run.ts";
import { bringUp, extraHost } from "../node/lab-nodes.ts";

const MS = 10_000;
/** Longer than the pause before a second attempt. */
const CONNECT_MS = 6_000;
/** Timers may fire this much early. */
const TIMER_MS = 50;

describe("attempts of a step", () => {
  it("wait until a host that did not answer is asked anew: none is spent on the same answer", async () => {
    const lab = await bringUp("mysql-9.7");
    const { host, sshd } = await extraHost(lab, 9, `exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"`);
    const shell = openShell(host, {}, { ...defaultLimits, connectMs: CONNECT_MS });
    const pid = sshd() as number;
    const told: string[] = [];
    const failedAfterMs: number[] = [];
    // Takes connections, and says nothing.
    process.kill(pid, "SIGSTOP");
    try {
      await persistently(
        async () => {
          const beganMs = performance.now();
          await shell.script("true", [], MS).catch((error: unknown) => {
            failedAfterMs.push(performance.now() - beganMs);
            throw error;
          });
        },
        async (text) => {
          told.push(text);
          process.kill(pid, "SIGCONT");
        },
      );
    } finally {
      process.kill(pid, "SIGCONT");
      await shell.close();
    }
    // How soon it answers once it is awake is the machine's affair.
    for (const ms of failedAfterMs) assert.ok(ms > CONNECT_MS - TIMER_MS, `it had its answer after ${ms} ms`);
    assert.match(told[0] ?? "", /no answer within 6 s; attempt 2 of 4 in \d+ s$/);
  });
});
