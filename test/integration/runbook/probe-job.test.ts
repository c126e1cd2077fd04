import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { openShell } from "../../../providers/node/open-node.ts";
import type { Host } from "../../../providers/pair.ts";
import type { Refusal } from "../../../providers/plan/plan.ts";
import { jobsDie } from "../../../providers/runbook/probe-job.ts";
import { bringUp, extraHost } from "../node/lab-nodes.ts";

const login = `/bin/sh -c "$SSH_ORIGINAL_COMMAND"`;
/** Ends what the login has left behind, in sessions of their own or not, as logind can be told to. */
const killing = (signal: string): string => `
LOGIN_MARK=$$ export LOGIN_MARK
${login}
for file in $(grep -slzxF "LOGIN_MARK=$$" /proc/[0-9]*/environ); do
  pid=\${file#/proc/} pid=\${pid%/environ}
  [ "$pid" = $$ ] || kill -s ${signal} "$pid"
done 2>/dev/null`;

describe("a small job before any large one", () => {
  const probe = async (number: number, text: string): Promise<readonly Refusal[]> => {
    const { host } = await extraHost(await bringUp("mysql-9.7"), number, text);
    const shell = openShell(host, {});
    try {
      await shell.script("true", [], 10_000);
      const found = await jobsDie({ ownShell: async (its: Host) => openShell(its, {}) }, shell);
      assert.deepEqual(readdirSync(join(host.stateFolder, "jobs")), [], "nothing is left");
      return found;
    } finally {
      await shell.close();
    }
  };

  it("lives, ends and is gone where all is well", async () => {
    const found = await probe(6, `exec ${login}`);
    assert.deepEqual(found, []);
  });

  for (const [number, signal, words] of [
    [7, "TERM", /extra-7 has to outlive the SSH session that began it, .* was ended with it \(exit code 143\)/],
    [8, "KILL", /extra-8 has to outlive .* was killed with it and left no exit code/],
  ] as const)
    it(`is missed where the end of a login ends its processes by ${signal}`, async () => {
      const found = await probe(number, killing(signal));
      assert.deepEqual(
        found.map(({ code, subject }) => `${code} ${subject}`),
        [`jobs-die extra-${number}`],
      );
      assert.match(found[0]?.message ?? "", words);
    });
});
