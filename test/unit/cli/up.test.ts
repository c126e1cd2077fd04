import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../../cli/up.ts", import.meta.url));

describe("npm run up", () => {
  // Else it would look at the lock of the stack that is selected.
  for (const words of [["--stack", "other"], ["--stack=other"], ["-s", "other"], ["one", "--stack", "other"]])
    it(`refuses ${words.join(" ")}: the stack is its first word`, () => {
      const { status, stderr } = spawnSync("node", ["--import", "tsx", program, ...words], { encoding: "utf8" });
      assert.equal(status, 2, stderr);
      assert.match(stderr, /npm run up -- <stack>/);
    });
});
