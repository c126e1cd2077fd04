import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasPulumi, isAtLeast, linkBin } from "../../../tools/find-pulumi.ts";

describe("an installed CLI", () => {
  it("is new enough by its numbers, not by its letters", () => {
    assert.equal(isAtLeast("3.265.0", "3.265.0"), true);
    assert.equal(isAtLeast("3.1000.0", "3.265.0"), true);
    assert.equal(isAtLeast("3.99.0", "3.265.0"), false);
    assert.equal(isAtLeast("3.300.1-alpha.12", "3.265.0"), true);
  });
});

describe("the folder in which npx pulumi looks", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "find-pulumi-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("is linked in place of a broken download, and again in place of an older link", async () => {
    const bin = join(folder, "home/versions/1/bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, "pulumi"), "");
    assert.equal(hasPulumi(bin), false, "an empty file that nobody may execute is no CLI");
    for (const version of ["a", "b"]) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, "pulumi"), version, { mode: 0o755 });
      await linkBin(bin, join(folder, version));
      assert.equal(hasPulumi(bin), true);
      assert.equal(readFileSync(join(bin, "pulumi"), "utf8"), version);
    }
  });
});
