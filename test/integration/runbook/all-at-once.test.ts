import assert from "node:assert/strict";
import { SafetyError } from "../../../providers/errors.ts";
import type { Node } from "../../../providers/node/node.ts";
import type { Pair } from "../../../providers/pair.ts";
import { profileOf } from "../../../providers/profile/profile-of.ts";
import { createGuard } from "../../../providers/runbook/guard.ts";
import type { Context } from "../../../providers/runbook/step.ts";
import { preflight } from "../../../providers/runbook/steps/preflight.ts";
import { type OpenedLab, openPlainLab } from "../../support/opened-lab.ts";

describe("the first step of a run", () => {
  let opened: OpenedLab;
  let donor: Node;
  let recipient: Node;
  before(async () => {
    opened = await openPlainLab("preflight-all", "mysql-9.7");
    donor = await opened.node("primary");
    recipient = await opened.node("secondary");
  });
  after(() => opened?.close());

  const contextOf = (change: Partial<Pair["policy"]>, bytes: number): Context => {
    const pair: Pair = { ...opened.pair, policy: { ...opened.pair.policy, ...change } };
    const runId = "20261125T000000Z-0a0b0c0d";
    const tell = async (): Promise<void> => {};
    const plan: Context["plan"] = {
      ...{ remedy: "reinitialise", why: "", notMilder: [], donor: "primary", recipient: "secondary", steps: [] },
      ...{ overwrites: true, bytes, estimatedSeconds: 0, outageSeconds: 0, refusals: [], warnings: [], voids: [] },
    };
    return {
      ...{
        pair,
        profile: profileOf(pair.profile),
        plan,
        runId,
        donor,
        recipient,
        hosts: [],
        reach: opened.reach,
        tell,
      },
      node: (side) => (side === "primary" ? donor : recipient),
      guard: createGuard({ runId, donor, recipient, hosts: [], limitSeconds: 300, tell }),
      facts: {},
      accountPassword: "",
      note: async () => {},
      assertOurs: async () => {},
    };
  };

  it("finds nothing against a healthy pair, and what is to be put back", async () => {
    const { readOnlyBefore, threadsBefore } = await preflight.run(contextOf({}, 1000));
    assert.deepEqual(readOnlyBefore, { primary: "off", secondary: "off" });
    assert.deepEqual(threadsBefore, { primary: true, secondary: true });
  });

  it("tells all refusals at once", async () => {
    await opened.run("secondary", [
      "SET sql_log_bin = 0",
      "SET GLOBAL max_allowed_packet = 1048576",
      "GRANT CONNECTION_ADMIN ON *.* TO gateway@'127.77.%'",
      "ALTER USER gateway@'127.77.%' ACCOUNT LOCK",
    ]);
    await opened.run("primary", [
      "SET sql_log_bin = 0",
      "CREATE USER nobody@localhost",
      "CREATE DEFINER = nobody@localhost VIEW ssg.of_nobody AS SELECT 1 AS one",
    ]);
    const hour = (from: number): string => new Date(Date.now() + from * 3_600_000).toISOString().slice(11, 16);
    const maintenanceWindow = { start: hour(2), end: hour(3) };
    await assert.rejects(preflight.run(contextOf({ maintenanceWindow }, 1e15)), (error: Error) => {
      assert.ok(error instanceof SafetyError);
      const codes = [...error.message.matchAll(/^ {2}([a-z-]+): /gm)].map(([, code]) => code);
      assert.deepEqual(codes.sort(), [
        "account-passes-fence",
        "account-unusable",
        "definer-missing",
        "outside-window",
        "packet-limit-load",
        "space",
        "space",
      ]);
      return true;
    });
  });
});
