import assert from "node:assert/strict";
import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { backupFile, isIntact, makeBackup } from "../../../providers/clone/backup.ts";
import type { Node } from "../../../providers/node/node.ts";
import { openNode } from "../../../providers/node/open-node.ts";
import { bringUp, nodeOf } from "../node/lab-nodes.ts";

describe("a backup", () => {
  let donor: Node;
  let victim = "";
  before(async () => {
    const lab = await bringUp("mysql-9.7");
    victim = join(lab.folder, "victim");
    donor = await openNode(nodeOf(lab, "primary"), {});
  });
  after(() => donor?.close());

  it("is written over nothing that lies there, and through no symbolic link", async () => {
    const request = { donor, runId: "20261126T000000Z-0b0b0b0b", expectedBytes: 1, limitSeconds: 120 };
    const file = backupFile(donor, request.runId);
    writeFileSync(victim, "theirs");
    writeFileSync(file, "an earlier one");
    symlinkSync(victim, `${file}.sha256`);
    const made = await makeBackup({ ...request, tell: async () => {} });
    assert.equal(readFileSync(victim, "utf8"), "theirs");
    assert.ok(lstatSync(`${file}.sha256`).isFile());
    assert.match(readFileSync(`${file}.sha256`, "utf8"), new RegExp(`^${made.sha256}  primary-`));
    assert.ok(await isIntact(donor, made));
    assert.equal(readFileSync(`${file}.unproved`, "utf8"), "an earlier one");
    const ours = readdirSync(donor.host.backupFolder).filter((name) => name.includes(request.runId));
    assert.equal(ours.length, 3, ours.join());
  });
});
