import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { textOf } from "../text-of.ts";

describe("refusals.md", () => {
  it("has a row for each code", () => {
    const source = ["providers/plan", "providers/runbook"].map((folder) => textOf(folder, ".ts")).join("\n");
    const codes = new Set([...source.matchAll(/code: "([a-z-]+)"/g)].map(([, code]) => code as string));
    assert.ok(codes.size > 15);
    const rows = readFileSync("docs/refusals.md", "utf8").match(/^\|[^|]+/gm) ?? [];
    const told = new Set(rows.join(" ").match(/[a-z-]+/g));
    assert.deepEqual(
      [...codes].filter((code) => !told.has(code)),
      [],
    );
  });
});
