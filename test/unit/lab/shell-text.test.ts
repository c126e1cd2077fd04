import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { quoted } from "../../../lab/shell-text.ts";

describe("lab/shell-text", () => {
  it("quotes a path so that a shell gives it back as it is", () => {
    const path = `/tmp/it's "a" $HOME; \`folder\`\\`;
    assert.equal(execFileSync("/bin/sh", ["-c", `printf %s ${quoted(path)}`]).toString(), path);
  });
});
