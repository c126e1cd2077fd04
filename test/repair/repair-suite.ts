import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { hostService } from "../../lab/host/service.ts";
import { type Lab, openLab } from "../../lab/lab.ts";
import type { Flavour } from "../../lab/packages/software.ts";
import { hostOf } from "../../lab/record.ts";
import { healthOf, pulumi, startPulumiWith, untilSaid } from "../support/pulumi.ts";
import { filesWith, type ProcessWatch, secretsOf, watchProcesses } from "../support/secrets-watch.ts";
import { onPrimaryAlone } from "../support/unlogged.ts";
import { type Expected, expectedBreaks } from "./expected-breaks.ts";

const MONITOR = ["refresh", "--preview-only", "--expect-no-changes", "--run-program=false"];
const DRIFT = 7;
const GATEWAY_MS = 60_000;

/** Everything an operator does, on one flavour: the real CLI, real servers, gateways under load, awkward passwords. */
export const repairSuite = (flavour: Flavour): Mocha.Suite =>
  describe(`repair on ${flavour}`, function () {
    // One after the other on one lab: after a failure the rest would only repeat it.
    this.bail(true);
    const lab = openLab(`repair-${flavour.replaceAll(/[^0-9]/g, "")}`);
    let outputs = "";
    let watch: ProcessWatch;
    const run = async (...args: string[]) => {
      const result = await pulumi(lab, ...args);
      outputs += result.output;
      return result;
    };

    before(async () => {
      await lab.wipe();
      await lab.up({ flavour, passwords: "awkward" });
      const known = secretsOf(lab);
      watch = watchProcesses(() => known);
      await lab.load("start");
    });
    after(async () => {
      watch?.stop();
      await lab.wipe();
    });

    it("adopts a healthy pair and changes nothing", async () => {
      const before = await Promise.all([fingerprint(lab), serviceCalls(lab)]);
      const up = await run("up", "--yes");
      assert.equal(up.exitCode, 0, up.output);
      assert.deepEqual(await Promise.all([fingerprint(lab), serviceCalls(lab)]), before);
      await expectQuiet(run);
    });

    for (const expected of expectedBreaks) {
      const remedy = (flavour === "mysql-8.0" && expected.remedyByCoordinates) || expected.remedy;
      it(`sees ${expected.how}, names link and cause, repairs it (${remedy})`, async () => {
        await lab.break(expected.how);
        await expectSeen(lab, run, { ...expected, remedy });
        const up = await run("up", "--yes", "--skip-preview");
        assert.equal(up.exitCode, 0, up.output);
        await expectRepaired(lab, run);
      });
    }

    it("refuses to lose rows that only the recipient has, and saves them first when told to", async () => {
      await lab.break("both-sides");
      assert.equal((await run(...MONITOR)).exitCode, DRIFT);
      await run("refresh", "--yes", "--skip-preview");
      const own = await recipientOnlyKeys(lab);
      assert.ok(own.length > 0);
      const calls = await serviceCalls(lab);
      const refused = await run("up", "--yes");
      assert.notEqual(refused.exitCode, 0);
      assert.match(refused.output, /recipientOnlyRows/);
      for (const key of own) assert.match(refused.output.toUpperCase(), new RegExp(key));
      assert.deepEqual(await serviceCalls(lab), calls);
      const config = await run("config", "set", "--path", "policy.recipientOnlyRows", "save-and-discard");
      assert.equal(config.exitCode, 0, config.output);
      const up = await run("up", "--yes");
      assert.equal(up.exitCode, 0, up.output);
      const lastRun = JSON.parse((await run("stack", "output", "lastRun", "--json")).output);
      const [file] = lastRun.savedRowsFiles;
      const saved = readFileSync(file, "utf8").toUpperCase();
      for (const key of own) assert.ok(saved.includes(key), key);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      await expectRepaired(lab, run);
    });

    it("reinitialises a healthy pair when the triggers change", async () => {
      await run("config", "set", "--path", "triggers[0]", "again");
      const preview = await run("preview");
      assert.match(preview.output, /OVERWRITTEN: secondary/);
      // Somebody has switched this one off, and it stays so.
      const off = hostOf(lab.record(), "processing");
      await hostService(off, "ssg", "stop", GATEWAY_MS);
      const callsBefore = await serviceCalls(lab);
      // What a gateway deletes between the stop of the links and its own is no row that only the recipient has.
      await onPrimaryAlone(lab, "DELETE FROM ssg.message_id LIMIT 1");
      const up = startPulumiWith(lab, {}, "up", "--yes");
      await untilSaid(up, /step 4\/12/);
      await lab.sql("primary", "DELETE FROM ssg.service_metrics_details LIMIT 1");
      const { exitCode, output } = await up.ended;
      outputs += output;
      assert.equal(exitCode, 0, output);
      assert.match(output, /sessions that only secondary has are let go, and begin anew: ssg\.message_id \(1\)/);
      assert.match(output, /step 12\/12/);
      const started = (await serviceCalls(lab)).filter(
        (call) => / ssg start/.test(call) && !callsBefore.includes(call),
      );
      assert.deepEqual(started.map((call) => call.split(" ")[0]).sort(), ["primary", "secondary"]);
      await hostService(off, "ssg", "start", GATEWAY_MS);
      await expectRepaired(lab, run);
      await expectQuiet(run);
    });

    it("has shown no password to anybody", async () => {
      const secrets = secretsOf(lab);
      assert.ok(watch.samples() > 100);
      assert.deepEqual(watch.seen(), []);
      const state = await pulumi(lab, "stack", "export");
      for (const secret of secrets) {
        assert.ok(!outputs.includes(secret));
        assert.ok(!state.output.includes(secret) && !state.output.includes(JSON.stringify(secret).slice(1, -1)));
      }
      // Left out: the lab's own places for passwords, and the servers' data.
      assert.deepEqual(filesWith(lab.folder, secrets, /\/secrets\/|\/passphrase$|\.cnf$|\/data\/|password/), []);
    });

    it("forgets the pair and leaves its data", async () => {
      const before = await fingerprint(lab);
      const destroy = await run("destroy", "--yes");
      assert.equal(destroy.exitCode, 0, destroy.output);
      assert.deepEqual(await fingerprint(lab), before);
    });
  });

type Run = (...args: string[]) => ReturnType<typeof pulumi>;

const expectSeen = async (lab: Lab, run: Run, expected: Expected): Promise<void> => {
  const refresh = await run("refresh", "--yes", "--skip-preview", "--expect-no-changes");
  assert.equal(refresh.exitCode, DRIFT, refresh.output);
  const health = await healthOf(lab);
  assert.equal(health.state, "broken", JSON.stringify(health));
  const finding = health.findings.find(
    ({ code, subject }) => subject === expected.subject && new RegExp(expected.code).test(code),
  );
  assert.equal(finding?.remedy, expected.remedy, JSON.stringify(health.findings));
};

/** By the monitor. */
const expectHealthy = async (run: Run): Promise<void> => {
  const monitor = await run(...MONITOR);
  assert.equal(monitor.exitCode, 0, monitor.output);
};

/** Healthy, and nothing left to do. */
const expectQuiet = async (run: Run): Promise<void> => {
  await expectHealthy(run);
  const again = await run("up", "--yes", "--skip-preview", "--expect-no-changes");
  assert.equal(again.exitCode, 0, again.output);
};

/** And by the servers themselves: equal contents, no committed id lost, nothing of the fence left. */
const expectRepaired = async (lab: Lab, run: Run): Promise<void> => {
  await expectHealthy(run);
  await lab.load("stop");
  await lab.caughtUp();
  assert.deepEqual(await lab.lastingDifferences(30_000), []);
  for (const side of ["primary", "secondary"] as const) {
    assert.deepEqual(await lab.missingIds(side), []);
    const [server] = await lab.sql<{ r: number; s: number; o: number }>(
      side,
      "SELECT @@read_only AS r, @@super_read_only AS s, @@offline_mode AS o",
    );
    assert.deepEqual({ ...server }, { r: 0, s: 0, o: 0 });
    assert.deepEqual(await lab.sql(side, "SELECT VARIABLE_NAME FROM performance_schema.persisted_variables"), []);
    assert.deepEqual(await lab.sql(side, "SHOW DATABASES LIKE 'replication_pair'"), []);
  }
  await lab.load("start");
};

/** What an adoption must leave alone: identities, accounts, settings, where each link reads from. */
const fingerprint = (lab: Lab): Promise<unknown> =>
  Promise.all(
    (["primary", "secondary"] as const).map(async (side) => ({
      server: await lab.sql(side, "SELECT @@server_uuid, @@server_id, @@read_only, @@super_read_only, @@offline_mode"),
      accounts: await lab.sql(side, "SELECT User, Host FROM mysql.user ORDER BY 1, 2"),
      schemas: await lab.sql(side, "SHOW DATABASES"),
      source: (await lab.link(side))?.sourceHost,
      logs: (await lab.sql<{ Log_name: string }>(side, "SHOW BINARY LOGS")).map(({ Log_name }) => Log_name),
    })),
  );

const serviceCalls = async (lab: Lab): Promise<readonly string[]> =>
  lab.hosts().flatMap(({ folder, name }) =>
    readFileSync(join(folder, "service.log"), "utf8")
      .split("\n")
      .filter((line) => / ssg (start|stop)/.test(line))
      .map((line) => `${name} ${line}`),
  );

/** Keys of audits that the secondary has and the primary lacks, asked of the servers. */
const recipientOnlyKeys = async (lab: Lab): Promise<readonly string[]> => {
  const keys = async (side: "primary" | "secondary") =>
    (await lab.sql<{ k: string }>(side, "SELECT HEX(goid) AS k FROM ssg.audit_main")).map(({ k }) => k);
  const donor = new Set(await keys("primary"));
  return (await keys("secondary")).filter((key) => !donor.has(key));
};
