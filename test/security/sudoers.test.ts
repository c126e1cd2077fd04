import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { visudo } from "../../lab/packages/sudo.ts";
import { silent } from "../../lab/say.ts";

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
    }
  });

  it("are taken by sudo itself, and a line with a slip in it is not", async () => {
    const { program, environment } = await visudo(silent);
    const check = (input: string): { status: number | null; stderr: string } =>
      spawnSync(program, ["-c", "-f", "-"], { input, env: environment, encoding: "utf8" });
    for (const block of blocks) {
      assert.deepEqual([check(block).status, check(block).stderr], [0, ""]);
      assert.notEqual(check(block.replace("NOPASSWD:", "NOPASSWD")).status, 0);
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
