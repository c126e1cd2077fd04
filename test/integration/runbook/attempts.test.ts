import assert from "node:assert/strict";
import { defaultLimits } from "../../../providers/node/node.ts";
import { openShell } from "../../../providers/node/open-node.ts";
import { persistently } from "../../../providers/runbook/run.ts";
import { bringUp, extraHost } from "../node/lab-nodes.ts";

const MS = 10_000;
/** Longer than the pause before a second attempt. */
const CONNECT_MS = 6_000;

describe("attempts of a step", () => {
  it("wait until a host that did not answer is asked anew: none is spent on the same answer", async () => {
    const lab = await bringUp("mysql-9.7");
    const { host, sshd } = await extraHost(lab, 9, `exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"`);
    const shell = openShell(host, {}, { ...defaultLimits, connectMs: CONNECT_MS });
    const pid = sshd() as number;
    const told: string[] = [];
    let attempts = 0;
    // Takes connections, and says nothing.
    process.kill(pid, "SIGSTOP");
    try {
      await persistently(
        async () => {
          attempts += 1;
          await shell.script("true", [], MS);
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
    assert.equal(attempts, 2, told.join("\n"));
    assert.match(told[0] ?? "", /no answer within 6 s; attempt 2 of 4 in [67] s$/);
  });
});
