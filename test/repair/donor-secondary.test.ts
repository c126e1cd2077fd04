import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Lab, openLab } from "../../lab/lab.ts";
import { signal } from "../../lab/processes.ts";
import type { Side } from "../../lab/record.ts";
import { waitFor } from "../../lab/wait.ts";
import { providerPids } from "../support/engine-processes.ts";
import { type CliResult, pulumi, startPulumiWith, untilSaid } from "../support/pulumi.ts";
import { onPrimaryAlone } from "../support/unlogged.ts";

/** A gateway that came up against a server that refuses its writes has said so here. */
const refusedWrites = (lab: Lab): number =>
  lab
    .hosts()
    .map(({ folder }) => readFileSync(join(folder, "gateway/logs/ssg_0_0.log"), "utf8"))
    .join("")
    .split("read-only").length - 1;

const PACKET_BYTES = 1024 ** 2;
const NAME = "edited on the primary alone";

/** Never discarded. */
const editPolicy = (lab: Lab): Promise<void> =>
  onPrimaryAlone(
    lab,
    `INSERT INTO ssg.policy SELECT UUID_TO_BIN(UUID()), version, '${NAME}', xml, UUID(), folder_goid FROM ssg.policy LIMIT 1`,
  );

/** The gateways prefer the primary, and here that is the recipient. */
describe("repair with the secondary as the donor", function () {
  this.bail(true);
  const lab = openLab("repair-secondary");
  const run = (...args: string[]): Promise<CliResult> => pulumi(lab, ...args);

  let eventsBefore: readonly (string | undefined)[] = [];
  const eventStatus = async (side: Side): Promise<string | undefined> =>
    (
      await lab.sql<{ status: string }>(
        side,
        "SELECT CONCAT(STATUS, ' ', DEFINER) AS status FROM information_schema.EVENTS WHERE EVENT_NAME = 'tidy'",
      )
    )[0]?.status;

  before(async () => {
    await lab.wipe();
    await lab.up({ flavour: "mysql-8.0" });
    await lab.load("start");
    const adopted = await run("up", "--yes", "--skip-preview");
    assert.equal(adopted.exitCode, 0, adopted.output);
  });
  after(() => lab.wipe());

  it("keeps the secondary where policy says so: an undo gives the gateways a primary that takes their writes", async () => {
    await run("config", "set", "--path", "policy.donor", "secondary");
    await run("config", "set", "--path", "triggers[0]", "the other way");
    const before = refusedWrites(lab);
    const up = startPulumiWith(lab, {}, "up", "--yes", "--skip-preview");
    await untilSaid(up, /: stopping its gateway/);
    await editPolicy(lab);
    const { exitCode, output } = await up.ended;
    assert.notEqual(exitCode, 0, output);
    assert.match(output, /primary has what secondary lacks[\s\S]*ssg\.policy: 1 row/);
    assert.match(output, /undoing stop-gateways/);
    assert.doesNotMatch(output, /undoing [a-z-]+ failed/);
    assert.equal(refusedWrites(lab), before);
  });

  it("has an event that runs on the primary alone", async () => {
    await lab.sql(
      "primary",
      "CREATE DEFINER = gateway@'127.77.%' EVENT ssg.tidy ON SCHEDULE EVERY 1 DAY DO DELETE FROM ssg.message_id WHERE expires < 1",
    );
    await waitFor("the event to arrive", async () => (await eventStatus("secondary")) !== undefined, 30_000);
    eventsBefore = [await eventStatus("primary"), await eventStatus("secondary")];
    assert.equal(eventsBefore[0], "ENABLED gateway@127.77.%");
    assert.match(eventsBefore[1] ?? "", /SIDE_DISABLED gateway@127.77.%$/);
  });

  it("has a value that just fits into a packet, and not in hexadecimal", async () => {
    for (const side of ["primary", "secondary"] as const)
      await lab.sql(side, `SET GLOBAL max_allowed_packet = ${PACKET_BYTES}`);
    await lab.sql("primary", "CREATE TABLE ssg.large (id INT PRIMARY KEY, value MEDIUMBLOB)");
    await lab.sql("primary", `INSERT INTO ssg.large VALUES (1, REPEAT(0xFF, ${PACKET_BYTES * 0.7}))`);
  });

  it("overwrites the primary from it, which loses no row that it was given, and the gateways go back there", async () => {
    await onPrimaryAlone(lab, `DELETE FROM ssg.policy WHERE name = '${NAME}'`);
    // The load writes there until the gateways are stopped, tokens too, which are never discarded.
    const up = await run("up", "--yes");
    assert.equal(up.exitCode, 0, up.output);
    assert.match(up.output, /OVERWRITTEN: primary/);
    assert.deepEqual([await eventStatus("primary"), await eventStatus("secondary")], eventsBefore);
    assert.deepEqual(await lab.sql("primary", "SELECT @@GLOBAL.max_allowed_packet AS bytes"), [
      { bytes: PACKET_BYTES },
    ]);
  });

  const killAt = async (place: RegExp): Promise<void> => {
    const up = startPulumiWith(lab, {}, "up", "--yes", "--skip-preview");
    await untilSaid(up, place);
    for (const pid of providerPids(lab)) signal(pid, "SIGKILL");
    assert.notEqual((await up.ended).exitCode, 0);
  };

  it("gives the gateways a primary that takes their writes after two kills past the fence, where it may not go on", async () => {
    await run("config", "set", "--path", "triggers[0]", "once more");
    await killAt(/: verify: /);
    // A cause for the whole procedure once more.
    for (const statement of ["STOP REPLICA", "RESET REPLICA ALL"]) await lab.sql("primary", statement);
    await killAt(/: compare the contents/);
    assert.deepEqual(await lab.sql("primary", "SELECT @@super_read_only AS held"), [{ held: 1 }]);
    const hours = (from: number) => new Date(Date.now() + from * 3_600_000).toISOString().slice(11, 16);
    await run("config", "set", "--path", "policy.maintenanceWindow.start", hours(2));
    await run("config", "set", "--path", "policy.maintenanceWindow.end", hours(3));
    const before = refusedWrites(lab);
    const { exitCode, output } = await run("up", "--yes", "--skip-preview");
    assert.notEqual(exitCode, 0, output);
    assert.match(output, /the secondary serves meanwhile/);
    assert.deepEqual(await lab.sql("primary", "SELECT @@super_read_only AS held"), [{ held: 0 }]);
    assert.equal(refusedWrites(lab), before);
    await run("config", "rm", "--path", "policy.maintenanceWindow");
  });

  it("goes on from there, while the gateways write there", async () => {
    // By hand, as docs/faults.md has it: the second attempt had stopped what brings the gateways' writes to the donor.
    await lab.sql("secondary", "START REPLICA");
    const next = await run("up", "--yes", "--skip-preview");
    assert.equal(next.exitCode, 0, next.output);
    assert.match(next.output, /resumes run/);
    assert.match(next.output, /secondary: applying what primary was given last/);
    assert.doesNotMatch(next.output, /may not have reached/);
  });

  it("has lost no row, and all is as before", async () => {
    await lab.load("stop");
    for (const side of ["primary", "secondary"] as const) assert.deepEqual(await lab.missingIds(side), []);
    const sessions =
      "SELECT COUNT(DISTINCT SUBSTRING_INDEX(HOST, ':', 1)) AS hosts FROM information_schema.PROCESSLIST WHERE USER = 'gateway'";
    assert.deepEqual(await lab.sql("primary", sessions), [{ hosts: lab.hosts().length }]);
    const monitor = await run("refresh", "--preview-only", "--expect-no-changes");
    assert.equal(monitor.exitCode, 0, monitor.output);
  });
});
