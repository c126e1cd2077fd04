import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { waitFor } from "../../../lab/wait.ts";
import { SafetyError } from "../../../providers/errors.ts";
import { pollJob } from "../../../providers/node/job.ts";
import type { Node } from "../../../providers/node/node.ts";
import { openNode } from "../../../providers/node/open-node.ts";
import type { Host } from "../../../providers/pair.ts";
import { removeFenceMarker, writeFenceMarker } from "../../../providers/runbook/fence-marker.ts";
import { createGuard, type Guard } from "../../../providers/runbook/guard.ts";
import { identityOf } from "../../../providers/runbook/identity.ts";
import { holdWrites, releaseWrites } from "../../../providers/runbook/quiet.ts";
import { variable } from "../../../providers/runbook/replica.ts";
import { readRunTrace } from "../../../providers/runbook/run-trace.ts";
import { bringUp, nodeOf } from "../node/lab-nodes.ts";

/** Shorter than a beat: a guard that hears nothing acts at once. */
const LIMIT_SECONDS = 4;
const PATIENCE_MS = 300_000;

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
    for (const node of [donor, recipient]) await releaseWrites(node, {});
    await removeFenceMarker(recipient);
    for (const statement of recipient.dialect.liftLoginRefusal()) await recipient.query(statement, 30_000);
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
  const readOnly = (node = donor): Promise<string> => variable(node, "super_read_only");
  const hold = async (): Promise<void> => {
    for (const node of [donor, recipient]) await holdWrites(node);
  };
  const untilActed = (node = donor): Promise<unknown> =>
    waitFor("the guard", async () => (await readRunTrace(node))?.guard?.acted, PATIENCE_MS);

  it("lets both servers write, then starts the gateway when it hears nothing, and the run learns of it", async () => {
    const guard = guardOf(LIMIT_SECONDS);
    await guard.post(running);
    await hold();
    for (const node of [donor, recipient])
      await waitFor("its writes", async () => (await readOnly(node)) === "OFF", PATIENCE_MS);
    assert.ok(!existsSync(pidFile), "a gateway must find servers that take its writes");
    await untilActed();
    await assert.rejects(guard.assertQuiet(), (error: Error) => {
      assert.ok(error instanceof SafetyError);
      assert.match(error.message, /(primary|secondary): the guard of run run-1 brought the gateways back at 20\d\d-/);
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
    const guard = guardOf(LIMIT_SECONDS + 21);
    await guard.post(running);
    await hold();
    const beats = new Set<string>();
    await waitFor(
      "three beats",
      async () => beats.add(readFileSync(join(jobFolder(), "beat"), "utf8")).size > 3,
      PATIENCE_MS,
    );
    await guard.assertQuiet();
    await guard.end();
    assert.equal(await readOnly(), "ON");
    assert.equal(await readOnly(recipient), "ON");
    assert.ok(!existsSync(pidFile));
    assert.ok(!existsSync(jobFolder()));
  });

  it("starts nothing while it is told to hold, does when it may again, and lets nobody log in at a fenced recipient", async () => {
    const guard = guardOf(LIMIT_SECONDS);
    // Twice, as a step that is tried again does.
    for (const _ of [1, 2]) await guard.post({ gatewaysBefore: [] });
    await guard.hold();
    await hold();
    const [itself, other] = [await identityOf(recipient), await identityOf(donor)];
    await writeFenceMarker(recipient, { runId: "run-1", step: "fence", donor: other, recipient: itself });
    const job = { name: "guard", folder: jobFolder() };
    const age = async (): Promise<number> => (await pollJob(donor, job)).ageSeconds ?? 0;
    await waitFor("the limit to pass twice", async () => (await age()) > 2 * LIMIT_SECONDS + 1, PATIENCE_MS);
    await guard.assertQuiet();
    assert.equal(await readOnly(), "ON");
    assert.equal(await variable(recipient, "offline_mode"), "OFF");
    await guard.allow();
    guard.leave();
    for (const node of [donor, recipient]) await untilActed(node);
    assert.equal(await readOnly(), "OFF");
    assert.equal(await readOnly(recipient), "ON");
    assert.equal(await variable(recipient, "offline_mode"), "ON", "its run was cut short while it lifted the fence");
    assert.ok(!existsSync(pidFile), "its gateway did not run before");
    await guard.end();
  });
});
