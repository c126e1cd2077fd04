import assert from "node:assert/strict";
import { openLab } from "../../lab/lab.ts";
import { pulumi } from "../support/pulumi.ts";

describe("repair of a plain pair: no gateway, nobody writes", function () {
  this.timeout(300_000);
  this.bail(true);
  const lab = openLab("repair-plain");

  before(async () => {
    await lab.wipe();
    await lab.up({ flavour: "mysql-9.7", profile: "plain-mysql" });
    const adopted = await pulumi(lab, "up", "--yes", "--skip-preview");
    assert.equal(adopted.exitCode, 0, adopted.output);
  });
  after(() => lab.wipe());

  it("is reinitialised although no write tells the servers that their replicas have left", async () => {
    await lab.break("duplicate-key");
    await pulumi(lab, "refresh", "--yes", "--skip-preview");
    const up = await pulumi(lab, "up", "--yes", "--skip-preview");
    assert.equal(up.exitCode, 0, up.output);
    assert.match(up.output, /OVERWRITTEN: secondary/);
    assert.deepEqual(await lab.differingTables(), []);
    const monitor = await pulumi(lab, "refresh", "--preview-only", "--expect-no-changes");
    assert.equal(monitor.exitCode, 0, monitor.output);
  });

  it("is called unknown, never broken, and is left alone while a node cannot be reached", async () => {
    const secondary = lab.hosts().find(({ name }) => name === "secondary");
    assert.ok(secondary);
    const sshd = lab
      .processes()
      .find(({ commandLine }) => /sshd/.test(commandLine) && commandLine.includes(secondary.folder));
    assert.ok(sshd, JSON.stringify(lab.processes()));
    process.kill(sshd.pid, "SIGTERM");
    const monitor = await pulumi(lab, "refresh", "--preview-only", "--expect-no-changes");
    assert.equal(monitor.exitCode, 7, monitor.output);
    assert.match(monitor.output, /could not/i);
    await pulumi(lab, "refresh", "--yes", "--skip-preview");
    const health = JSON.parse((await pulumi(lab, "stack", "output", "health", "--json")).output);
    assert.equal(health.state, "unknown");
    const up = await pulumi(lab, "up", "--yes", "--skip-preview");
    assert.notEqual(up.exitCode, 0);
    assert.match(up.output, /REFUSED/);
    await lab.up();
    assert.equal((await pulumi(lab, "refresh", "--yes", "--skip-preview")).exitCode, 0);
    const again = await pulumi(lab, "up", "--yes", "--skip-preview", "--expect-no-changes");
    assert.equal(again.exitCode, 0, again.output);
  });
});
