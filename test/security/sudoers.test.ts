import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { onPath } from "../../lab/packages/system.ts";

const text = readFileSync("docs/accounts.md", "utf8");
const blocks = [...text.matchAll(/```sudoers\n([\s\S]*?)```/g)].map(([, block]) => block ?? "");
const commandsOf = (block: string): readonly string[] =>
  (/NOPASSWD: (.*)/.exec(block)?.[1] ?? "").split(",").map((command) => command.trim());

describe("the lines for sudoers in docs/accounts.md", () => {
  it("allow exact commands, without a terminal, and no verb besides", () => {
    assert.deepEqual(blocks.map(commandsOf), [
      ["/bin/sh -s"],
      ["/usr/sbin/service ssg start", "/usr/sbin/service ssg stop", "/usr/sbin/service ssg status"],
    ]);
    for (const block of blocks) {
      assert.match(block, /^Defaults:operator !requiretty$/m);
      assert.doesNotMatch(block, /[*?[\]]|ALL$|SETENV/m);
      if (onPath("visudo")) execFileSync("visudo", ["-c", "-f", "-"], { input: block });
    }
  });

  it("are what is run: one shell that reads its script from stdin", () => {
    for (const file of ["providers/node/ssh-shell.ts", "stacks/prepare-node.ts"]) {
      const runs = readFileSync(file, "utf8").match(/sudo -n [^`"']*/g) ?? [];
      assert.ok(runs.length > 0, file);
      for (const run of runs) assert.match(run, /^sudo -n ($|\/bin\/sh -s$)/, file);
    }
  });
});
