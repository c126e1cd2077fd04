import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openLab } from "../../lab/lab.ts";
import { waitFor } from "../../lab/wait.ts";
import {
  type CliResult,
  healthOf,
  pulumi,
  type RunningCommand,
  start,
  startNpxPulumi,
  untilSaid,
} from "../support/pulumi.ts";
import { clientFolder, holdJob, installClients, isReached, openGate } from "./gate.ts";
import { sides } from "./nodes.ts";
import { changeStack } from "./stack-file.ts";

/** The runner is told to stop, is killed, or leaves: on real servers with gateways under load. */
describe("a runner that goes away", function () {
  this.bail(true);
  const lab = openLab("runner-gone");
  const startNpm = (script: string, ...args: string[]): RunningCommand =>
    start(lab, "npm", ["run", "-s", script, "--", lab.stack, ...args]);
  const npm = (script: string, ...args: string[]): Promise<CliResult> => startNpm(script, ...args).ended;
  const stateOf = (host: string): string => join(lab.folder, host, "state");

  let trigger = 0;
  /** An `up` that reinitialises a healthy pair. */
  const reinitialise = async (): Promise<RunningCommand> => {
    trigger += 1;
    await pulumi(lab, "config", "set", "--path", "triggers[0]", `again ${trigger}`);
    return startNpxPulumi(lab, {}, "up", "--yes", "--skip-preview");
  };
  /** Waits until the step of that run has begun. */
  const untilStep = (up: RunningCommand, step: string): Promise<void> =>
    untilSaid(up, new RegExp(`step \\d+/12: ${step}`));
  /** The processes of a run, as the engine's lock and the lock on the nodes name them: the CLI and the provider. */
  const runnerOf = (): { cli: number; provider: number } => {
    const locks = join(lab.folder, "engine/state/.pulumi/locks");
    const file = readdirSync(locks, { recursive: true, encoding: "utf8" }).find((name) => name.endsWith(".json"));
    assert.ok(file);
    const owner = readFileSync(join(stateOf("primary"), "lock"), "utf8").split("\n")[0] ?? "";
    return {
      cli: Number(JSON.parse(readFileSync(join(locks, file), "utf8")).pid),
      provider: Number(/pid (\d+)/.exec(JSON.parse(owner).owner)?.[1]),
    };
  };
  const heard = (host: string): string => readFileSync(join(stateOf(host), "jobs/guard/beat"), "utf8");
  const outputWhenDone = ({ exitCode, output }: CliResult) => (exitCode === 0 ? output : undefined);
  const killBoth = ({ cli, provider }: { cli: number; provider: number }): void => {
    for (const pid of [provider, cli]) process.kill(pid, "SIGKILL");
  };
  /** Its age in seconds on the primary; 0: there is none. */
  const oldestTransaction = async (): Promise<number> => {
    const age = "COALESCE(MAX(TIMESTAMPDIFF(SECOND, trx_started, NOW())), 0)";
    const [row] = await lab.sql<{ age: string }>("primary", `SELECT ${age} AS age FROM information_schema.INNODB_TRX`);
    return Number(row?.age);
  };
  const expectHealthy = async (): Promise<void> => {
    const monitor = await pulumi(lab, "refresh", "--preview-only", "--expect-no-changes");
    assert.equal(monitor.exitCode, 0, monitor.output);
    for (const host of ["primary", "secondary"]) assert.ok(!existsSync(join(stateOf(host), "lock")));
    assert.deepEqual(await lab.missingIds("primary"), []);
  };
  const goOn = async (): Promise<void> => {
    const again = await npm("up", "--yes", "--skip-preview");
    assert.equal(again.exitCode, 0, again.output);
    await expectHealthy();
  };

  before(async () => {
    await lab.wipe();
    await lab.up({ flavour: "mysql-9.7" });
    await lab.load("start");
  });
  after(() => lab.wipe());

  it("is killed with its CLI in its first up: npm run up clears what they left, and goes on", async () => {
    await lab.break("missing-row");
    const up = startNpxPulumi(lab, {}, "up", "--yes", "--skip-preview");
    await untilStep(up, "backup");
    killBoth(runnerOf());
    await up.ended;
    const refused = await pulumi(lab, "up", "--yes", "--skip-preview");
    assert.match(refused.output, /currently locked by 1 lock/);
    const again = await npm("up", "--yes", "--skip-preview");
    assert.equal(again.exitCode, 0, again.output);
    assert.match(again.output, /dead on this host/);
    await expectHealthy();
    const quiet = await pulumi(lab, "up", "--yes", "--skip-preview", "--expect-no-changes");
    assert.equal(quiet.exitCode, 0, quiet.output);
    assert.doesNotMatch(quiet.output, /pending operations/);
  });

  it("is killed, and its backup runs on for more than a minute: the next up attaches to it", async () => {
    installClients(lab);
    for (const side of sides) changeStack(lab, [side, "clientFolder"], clientFolder(lab, side));
    holdJob(lab, "backup", 1000);
    const up = await reinitialise();
    await waitFor("the backup to write", async () => isReached(lab, { step: "backup" }), 300_000);
    killBoth(runnerOf());
    await up.ended;
    // Older than a transaction of anybody else may be.
    await waitFor("its transaction to be old", async () => (await oldestTransaction()) > 60, 300_000);
    const again = startNpm("up", "--yes", "--skip-preview");
    await untilSaid(again, /step 2\/12: .*attaching/);
    openGate(lab);
    const { exitCode, output } = await again.ended;
    assert.equal(exitCode, 0, output);
    await expectHealthy();
  });

  it("leaves a lock that npm run unlock removes once it shows no life", async () => {
    const up = await reinitialise();
    await untilStep(up, "compare");
    killBoth(runnerOf());
    await up.ended;
    const early = await npm("unlock", "--yes");
    assert.equal(early.exitCode, 1, early.output);
    assert.match(early.output, /the lock shows life/);
    const removed = await waitFor(
      "the lock to grow old",
      async () => outputWhenDone(await npm("unlock", "--yes")),
      300_000,
    );
    assert.match(removed, /was removed/);
    assert.ok(!existsSync(join(stateOf("primary"), "lock")));
    await goOn();
    assert.match((await npm("stop")).output, /No run is at work/);
  });

  for (const step of ["compare", "clone donor"])
    it(`is killed with the gateways stopped (${step}): guards bring them back, and the next up goes on`, async () => {
      await pulumi(lab, "config", "set", "--path", "policy.guardSeconds", "30");
      const up = await reinitialise();
      await untilStep(up, step);
      // In the middle of the reset they may not; a clone is told from it by what the guards have heard last.
      await waitFor(
        "the guards to be free",
        async () => lab.hosts().every(({ name }) => /may-start/.test(heard(name))),
        300_000,
      );
      killBoth(runnerOf());
      await up.ended;
      const { committed } = await lab.loadStatus();
      await waitFor("the gateways to write", async () => (await lab.loadStatus()).committed > committed + 20, 300_000);
      await pulumi(lab, "cancel", "--yes");
      await pulumi(lab, "refresh", "--yes", "--skip-preview");
      const { findings } = await healthOf(lab);
      assert.ok(
        findings.some(({ code, subject }) => code === "guard-acted" && subject === "primary"),
        JSON.stringify(findings),
      );
      const again = await npm("up", "--yes", "--skip-preview");
      assert.equal(again.exitCode, 0, again.output);
      for (const { name } of lab.hosts()) {
        assert.match(again.output, new RegExp(`${name}: the guard of run \\S+ brought the gateways back`));
        assert.ok(!existsSync(join(stateOf(name), "jobs/guard")), name);
      }
      await expectHealthy();
      await lab.load("stop");
      await lab.caughtUp();
      assert.deepEqual(await lab.lastingDifferences(30_000), []);
      await lab.load("start");
    });
});
