import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const textIn = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("\n");

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

describe("refusals.md", () => {
  it("has a row for each code", () => {
    const source = ["providers/plan", "providers/runbook"].map((folder) => textIn(at(folder))).join("\n");
    const codes = new Set([...source.matchAll(/code: "([a-z-]+)"/g)].map(([, code]) => code as string));
    assert.ok(codes.size > 15);
    const rows = readFileSync(at("docs/refusals.md"), "utf8").match(/^\|[^|]+/gm) ?? [];
    const told = new Set(rows.join(" ").match(/[a-z-]+/g));
    assert.deepEqual(
      [...codes].filter((code) => !told.has(code)),
      [],
    );
  });
});
