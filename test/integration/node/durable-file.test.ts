import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { SafetyError } from "../../../providers/errors.ts";
import { readDurable, removeDurable, writeDurable } from "../../../providers/node/durable-file.ts";
import type { Shell } from "../../../providers/node/node.ts";
import { type TwoNodes, twoNodes } from "./lab-nodes.ts";

describe("a file that must be there before the act", () => {
  let nodes: TwoNodes;
  let donor: Shell;
  before(async () => {
    nodes = await twoNodes();
    ({ donor } = nodes);
  });
  beforeEach(() => nodes.clear());
  after(() => nodes.close());
  const path = (name: string): string => join(donor.host.stateFolder, name);
  const modeOf = (file: string): number => statSync(file).mode & 0o777;

  it("is written, read, replaced and removed, 0600 in a 0700 folder", async () => {
    assert.equal(await readDurable(donor, path("x")), undefined);
    await writeDurable(donor, path("x"), `{"a":"it's $(touch y) é"}`, true);
    assert.equal(await readDurable(donor, path("x")), `{"a":"it's $(touch y) é"}`);
    for (let round = 0; round < 3; round++) await writeDurable(donor, path("x"), `{"round":${round}}`);
    assert.equal(await readDurable(donor, path("x")), `{"round":2}`);
    assert.deepEqual([modeOf(path("x")), modeOf(donor.host.stateFolder)], [0o600, 0o700]);
    await removeDurable(donor, path("x"));
    assert.equal(execFileSync("ls", ["-A", donor.host.stateFolder], { encoding: "utf8" }), "");
  });

  it("is not written over where it must be new", async () => {
    await writeDurable(donor, path("x"), "one", true);
    await assert.rejects(writeDurable(donor, path("x"), "two", true), /exists already/);
    assert.equal(await readDurable(donor, path("x")), "one");
  });

  it("is whole after a crash between any two of its moves", async () => {
    const leftovers: readonly string[] = [
      "ln x x.keep",
      "ln x x.keep && mv x.room x",
      "rm x.room && ln x x.room",
      "cp x.room x.next",
      "rm x && printf torn >x.room",
    ];
    for (const [round, leftover] of leftovers.entries()) {
      await writeDurable(donor, path("x"), `before ${round}`);
      execFileSync("sh", ["-c", `cd "$1" && ${leftover}`, "sh", donor.host.stateFolder]);
      await writeDurable(donor, path("x"), `after ${round}`);
      assert.equal(await readDurable(donor, path("x")), `after ${round}`, leftover);
      await writeDurable(donor, path("x"), "and again");
      assert.equal(await readDurable(donor, path("x")), "and again", leftover);
    }
  });

  it("takes long text", async () => {
    const long = JSON.stringify({ facts: "y".repeat(300_000) });
    await writeDurable(donor, path("x"), "short");
    await writeDurable(donor, path("x"), long);
    assert.equal(await readDurable(donor, path("x")), long);
  });

  it("follows no planted link, and uses no folder that others can write", async () => {
    const elsewhere = join(dirname(donor.host.stateFolder), "elsewhere");
    writeFileSync(elsewhere, "mine");
    mkdirSync(donor.host.stateFolder, { mode: 0o700 });
    for (const name of ["x", "x.room", "x.keep", "x.next"]) {
      symlinkSync(elsewhere, path(name));
      await assert.rejects(writeDurable(donor, path("x"), "text"), SafetyError);
      rmSync(path(name));
    }
    symlinkSync(elsewhere, path("x"));
    await assert.rejects(readDurable(donor, path("x")), SafetyError);
    rmSync(path("x"));
    chmodSync(donor.host.stateFolder, 0o777);
    await assert.rejects(writeDurable(donor, path("x"), "text"), /can be written by others/);
    rmSync(donor.host.stateFolder, { recursive: true });
    symlinkSync(dirname(donor.host.stateFolder), donor.host.stateFolder);
    await assert.rejects(writeDurable(donor, path("x"), "text"), /symbolic link/);
    assert.equal(readFileSync(elsewhere, "utf8"), "mine");
    assert.ok(lstatSync(donor.host.stateFolder).isSymbolicLink());
    rmSync(donor.host.stateFolder);
  });

  it("needs no room once it exists, and stops before the act where there is none", async () => {
    const mount = donor.host.stateFolder;
    mkdirSync(mount, { mode: 0o700 });
    // Only root can mount; as another user the rule is shown by the spare file alone.
    if (process.getuid?.() !== 0) {
      await writeDurable(donor, path("x"), "one");
      assert.ok(existsSync(path("x.room")));
      return;
    }
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", mount]);
    try {
      await writeDurable(donor, path("x"), "one");
      execFileSync("sh", ["-c", 'head -c 2000000 /dev/zero >"$1/full" 2>/dev/null || true', "sh", mount]);
      for (const word of ["two", "three", "four"]) await writeDurable(donor, path("x"), word);
      assert.equal(await readDurable(donor, path("x")), "four");
      await assert.rejects(writeDurable(donor, path("y"), "new"), (error: Error) => {
        assert.ok(error instanceof SafetyError);
        assert.match(error.message, /y was not written: .*No space left on device/);
        return true;
      });
      assert.equal(await readDurable(donor, path("y")), undefined);
    } finally {
      execFileSync("umount", [mount]);
    }
  });
});
