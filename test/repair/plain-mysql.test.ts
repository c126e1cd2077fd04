import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openLab } from "../../lab/lab.ts";
import type { Side } from "../../lab/record.ts";
import type { Identity } from "../../providers/runbook/identity.ts";
import { hostFolder } from "../fault/nodes.ts";
import { changeStack } from "../fault/stack-file.ts";
import { pulumi } from "../support/pulumi.ts";
import { onPrimaryAlone } from "../support/unlogged.ts";

describe("repair of a plain pair: no gateway, nobody writes", function () {
  this.bail(true);
  const lab = openLab("repair-plain");

  before(async () => {
    await lab.wipe();
    await lab.up({ flavour: "mysql-9.7", profile: "plain-mysql" });
    const adopted = await pulumi(lab, "up", "--yes", "--skip-preview");
    assert.equal(adopted.exitCode, 0, adopted.output);
  });
  after(() => lab.wipe());

  const readOnly = async (side: Side): Promise<unknown> => {
    const names = "@@read_only AS readOnly, @@super_read_only AS superReadOnly, @@offline_mode AS offline";
    const [row] = await lab.sql<Record<string, number>>(side, `SELECT ${names}`);
    return { ...row };
  };
  const open = { readOnly: 0, superReadOnly: 0, offline: 0 };
  /** As an administrator keeps a standby. */
  const standby = { readOnly: 1, superReadOnly: 1, offline: 0 };
  const persisted = (side: Side) =>
    lab.sql(
      side,
      "SELECT VARIABLE_NAME AS name, VARIABLE_VALUE AS value FROM performance_schema.persisted_variables ORDER BY 1",
    );
  const succeed = async (...args: string[]): Promise<string> => {
    const { exitCode, output } = await pulumi(lab, ...args);
    assert.equal(exitCode, 0, output);
    return output;
  };
  const refresh = (): Promise<string> => succeed("refresh", "--yes", "--skip-preview");
  const expectHealthy = async (): Promise<void> => {
    assert.deepEqual(await lab.differingTables(), []);
    await succeed("refresh", "--preview-only", "--expect-no-changes");
  };

  it("repoints a link of a standby that is kept super_read_only, and keeps it so", async () => {
    const replica = lab.hosts().find(({ name }) => name === "primary")?.address;
    await lab.sql("secondary", "CREATE USER rp_0a0b0c0d@?", [replica]);
    await lab.break("wrong-password", "primary");
    await lab.sql("secondary", "SET GLOBAL super_read_only = ON");
    await refresh();
    assert.match(await succeed("up", "--yes", "--skip-preview"), /remedy: repoint/);
    assert.deepEqual(await readOnly("secondary"), standby);
    // The account of an earlier run, which the link no longer uses, has gone.
    const accounts = await lab.sql<{ User: string }>(
      "secondary",
      "SELECT User FROM mysql.user WHERE User LIKE 'rp\\_%' AND Host = ?",
      [replica],
    );
    assert.equal(accounts.length, 1, JSON.stringify(accounts));
    assert.notEqual(accounts[0]?.User, "rp_0a0b0c0d");
  });

  it("is reinitialised although no write tells the servers that their replicas have left", async () => {
    await lab.sql("secondary", "SET GLOBAL read_only = OFF");
    await lab.break("duplicate-key");
    await lab.sql("secondary", "SET PERSIST super_read_only = ON");
    await pulumi(lab, "refresh", "--yes", "--skip-preview");
    const up = await pulumi(lab, "up", "--yes", "--skip-preview");
    assert.equal(up.exitCode, 0, up.output);
    assert.match(up.output, /OVERWRITTEN: secondary/);
    assert.deepEqual(await readOnly("secondary"), standby);
    assert.deepEqual(await readOnly("primary"), open);
    assert.deepEqual(await persisted("primary"), []);
    assert.deepEqual(await persisted("secondary"), [{ name: "super_read_only", value: "ON" }]);
    await lab.sql("secondary", "RESET PERSIST");
    await lab.sql("secondary", "SET GLOBAL read_only = OFF");
    await expectHealthy();
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

  /** A recipient as a run leaves it that was cut short, by a marker that names these servers. */
  const fenceOff = async (runId: string, donor: Identity, recipient: Identity): Promise<void> => {
    for (const name of ["offline_mode", "read_only", "super_read_only"])
      await lab.sql("secondary", `SET PERSIST ${name} = ON`);
    const marker = { format: 1, runId, donor, recipient, step: "fence" };
    writeFileSync(join(hostFolder(lab, "secondary"), "state/fence.json"), `${JSON.stringify(marker)}\n`, {
      mode: 0o600,
    });
  };
  const identity = async (side: Side): Promise<Identity> => {
    const [row] = await lab.sql<Omit<Identity, "name">>(
      side,
      "SELECT @@server_uuid AS serverUuid, @@server_id AS serverId",
    );
    return { name: side, serverUuid: row?.serverUuid ?? "", serverId: Number(row?.serverId) };
  };

  it("takes over a fence of other servers, never from the node that bears it, and opens nothing when it fails", async () => {
    const [donor, recipient] = [await identity("primary"), await identity("secondary")];
    await fenceOff("foreign", { ...donor, serverUuid: "00000000-0000-0000-0000-000000000001" }, recipient);
    await refresh();
    changeStack(lab, ["policy", "donor"], "secondary");
    const wrongWay = await pulumi(lab, "up", "--yes");
    assert.notEqual(wrongWay.exitCode, 0);
    assert.match(wrongWay.output, /donor-fenced/);
    changeStack(lab, ["policy", "donor"], "primary");
    await refresh();
    await onPrimaryAlone(
      lab,
      "CREATE USER missing@localhost",
      "CREATE DEFINER = missing@localhost VIEW ssg.of_nobody AS SELECT 1",
    );
    const failed = await pulumi(lab, "up", "--yes", "--skip-preview");
    assert.notEqual(failed.exitCode, 0, failed.output);
    assert.match(failed.output, /definer-missing/);
    const stillFenced = { ...standby, offline: 1 };
    assert.deepEqual(await readOnly("secondary"), stillFenced);
    await onPrimaryAlone(lab, "DROP VIEW ssg.of_nobody", "DROP USER missing@localhost");
    await refresh();
    await succeed("up", "--yes", "--skip-preview");
    assert.deepEqual(await readOnly("secondary"), open);
    await expectHealthy();
  });

  it("goes on behind a fence whose journal is lost when the operator has named its run", async () => {
    await fenceOff("lost", await identity("primary"), await identity("secondary"));
    await refresh();
    const unconfirmed = await pulumi(lab, "up", "--yes");
    assert.notEqual(unconfirmed.exitCode, 0);
    assert.match(unconfirmed.output, /run-unconfirmed.*policy\.confirmedRun lost/s);
    await succeed("config", "set", "--path", "policy.confirmedRun", "lost");
    await succeed("up", "--yes", "--skip-preview");
    assert.deepEqual(await readOnly("secondary"), open);
    await expectHealthy();
  });
});
