import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { waitFor } from "../../../lab/wait.ts";
import { SafetyError } from "../../../providers/errors.ts";
import { pollJob } from "../../../providers/node/job.ts";
import type { Node } from "../../../providers/node/node.ts";
import { openNode } from "../../../providers/node/open-node.ts";
import type { Host } from "../../../providers/pair.ts";
import { createGuard, type Guard } from "../../../providers/runbook/guard.ts";
import { holdWrites, releaseWrites } from "../../../providers/runbook/quiet.ts";
import { variable } from "../../../providers/runbook/replica.ts";
import { readRunTrace } from "../../../providers/runbook/run-trace.ts";
import { bringUp, nodeOf } from "../node/lab-nodes.ts";

/** Shorter than a beat: a guard that hears nothing acts at once. */
const LIMIT_SECONDS = 4;
const PATIENCE_MS = 30_000;

describe("guard of the gateways", () => {
  let donor: Node;
  let recipient: Node;
  let pidFile = "";
  const told: string[] = [];

  before(async () => {
    const lab = await bringUp("mysql-9.7");
    const at = (side: "primary" | "secondary") => ({
      ...nodeOf(lab, side),
      stateFolder: join(lab.folder, side, "guard"),
    });
    donor = await openNode(at("primary"), {});
    recipient = await openNode(at("secondary"), {});
    pidFile = join(lab.folder, "guarded.pid");
  });
  beforeEach(() => {
    rmSync(pidFile, { force: true });
    told.length = 0;
  });
  afterEach(async () => {
    if (existsSync(pidFile)) process.kill(servicePid(), "SIGKILL");
    await releaseWrites(donor, {});
  });
  after(async () => {
    await donor.close();
    await recipient.close();
  });

  const servicePid = (): number => Number(readFileSync(pidFile, "utf8"));
  /** A service that leaves a process in the session of whoever starts it, as old init scripts do. */
  const gateway = (): NonNullable<Host["gateway"]> => ({
    ...{ address: "127.0.0.1", ports: [1], processPattern: "^sleep 8640$", status: ["true"], stop: ["true"] },
    start: ["sh", "-c", 'sleep 8640 >/dev/null 2>&1 & echo $! >"$1"', "sh", pidFile],
  });
  const guardOf = (limitSeconds: number, runId = "run-1"): Guard =>
    createGuard({
      ...{ runId, donor, recipient, limitSeconds },
      hosts: [{ host: { ...donor.host, gateway: gateway() }, shell: donor }],
      tell: async (text) => void told.push(text),
    });
  const running = { gatewaysBefore: ["primary"] };
  const jobFolder = (): string => join(donor.host.stateFolder, "jobs/guard");
  const readOnly = (): Promise<string> => variable(donor, "super_read_only");
  const untilActed = (): Promise<unknown> =>
    waitFor("the guard", async () => (await readRunTrace(donor))?.guard?.acted, PATIENCE_MS);

  it("lets the donor write and starts the gateway when it hears nothing, and the run learns of it", async () => {
    const guard = guardOf(LIMIT_SECONDS);
    await guard.post(running);
    await holdWrites(donor);
    await untilActed();
    assert.equal(await readOnly(), "OFF");
    await assert.rejects(guard.assertQuiet(), (error: Error) => {
      assert.ok(error instanceof SafetyError);
      assert.match(error.message, /primary: the guard of run run-1 brought the gateways back at 20\d\d-/);
      return true;
    });
    await assert.rejects(guard.hold(), /brought the gateways back/);
    guard.leave();
    // The next run ends what is left of it, is told, and the service lives on.
    const next = guardOf(300, "run-2");
    await next.post(running);
    assert.match(told.join(), /the guard of run run-1 brought the gateways back/);
    await next.assertQuiet();
    await next.end();
    process.kill(servicePid(), 0);
    assert.equal(await readRunTrace(donor), undefined);
  });

  it("does nothing while it is heard of, and nothing after its end", async () => {
    const guard = guardOf(LIMIT_SECONDS + 12);
    await guard.post(running);
    await holdWrites(donor);
    const beats = new Set<string>();
    await waitFor(
      "three beats",
      async () => beats.add(readFileSync(join(jobFolder(), "beat"), "utf8")).size > 3,
      60_000,
    );
    await guard.assertQuiet();
    await guard.end();
    assert.equal(await readOnly(), "ON");
    assert.ok(!existsSync(pidFile));
    assert.ok(!existsSync(jobFolder()));
  });

  it("starts nothing while it is told to hold, and does when it may again", async () => {
    const guard = guardOf(LIMIT_SECONDS);
    // Twice, as a step that is tried again does.
    for (const _ of [1, 2]) await guard.post({ gatewaysBefore: [] });
    await guard.hold();
    await holdWrites(donor);
    const job = { name: "guard", folder: jobFolder() };
    const age = async (): Promise<number> => (await pollJob(donor, job)).ageSeconds ?? 0;
    await waitFor("the limit to pass twice", async () => (await age()) > 2 * LIMIT_SECONDS + 1, 60_000);
    await guard.assertQuiet();
    assert.equal(await readOnly(), "ON");
    await guard.allow();
    guard.leave();
    await untilActed();
    assert.equal(await readOnly(), "OFF");
    assert.ok(!existsSync(pidFile), "its gateway did not run before");
    await guard.end();
  });
});
