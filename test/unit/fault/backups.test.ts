import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { largestBackup } from "../../fault/invariants/files.ts";

describe("the largest backup of a folder", () => {
  it("is of what a run keeps, and 0 where there is none", () => {
    const root = mkdtempSync(join(tmpdir(), "backups-"));
    try {
      const folder = join(root, "host/backup");
      assert.equal(largestBackup(folder), 0);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "ballast"), "x".repeat(9));
      assert.equal(largestBackup(folder), 0);
      writeFileSync(join(folder, "primary-1.sql"), "x".repeat(3));
      writeFileSync(join(folder, "primary-2.sql.unproved"), "x".repeat(5));
      assert.equal(largestBackup(folder), 5);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
