import assert from "node:assert/strict";
import { SafetyError } from "../../../providers/errors.ts";
import type { Pair } from "../../../providers/pair.ts";
import type { Plan } from "../../../providers/plan/plan.ts";
import { errorText } from "../../../providers/report/error.ts";
import { planText } from "../../../providers/report/plan.ts";
import { failureText } from "../../../providers/report/run.ts";
import { bytesText, secondsText } from "../../../providers/report/units.ts";

const pair = { primary: { name: "gw1" }, secondary: { name: "gw2" } } as Pair;
const plan: Plan = {
  ...{ remedy: "reinitialise", why: "link-secondary: rows differ", notMilder: ["link-secondary: copies differ"] },
  ...{ donor: "primary", recipient: "secondary", bytes: 3 * 1024 ** 3, estimatedSeconds: 700, outageSeconds: 367 },
  steps: [
    { id: "preflight", title: "preflight" },
    { id: "backup", title: "backup of the donor" },
  ],
  ...{ overwrites: true, refusals: [], warnings: [], voids: [] },
};

describe("the plan as text", () => {
  it("says who is kept, who is overwritten, how long the gateways are down, and every step", () => {
    const text = planText(plan, pair);
    for (const line of [
      "remedy: reinitialise",
      "nothing milder: link-secondary: copies differ",
      "kept: gw1 (primary, donor, 3.0 GiB)",
      "OVERWRITTEN: gw2 (secondary, recipient)",
      "gateways stopped for about 6 min 7 s, the whole run about 11 min 40 s",
      "  2. backup of the donor",
    ])
      assert.ok(text.split("\n").includes(line), `${line}\n--\n${text}`);
    assert.doesNotMatch(text, /REFUSED/);
  });

  it("says that a refused plan touches nothing", () => {
    const refusal = { code: "space", subject: "gw1", message: "no room", hint: "free some" };
    assert.match(
      planText({ ...plan, refusals: [refusal] }, pair),
      /REFUSED.*nothing:\n {2}space \(gw1\): no room; free some/,
    );
  });

  it("overwrites nobody with a mild remedy", () => {
    const text = planText({ ...plan, remedy: "repoint", overwrites: false }, pair);
    assert.match(text, /no data is overwritten and no gateway is stopped/);
    assert.doesNotMatch(text, /OVERWRITTEN/);
  });
});

describe("a failed run as text", () => {
  it("tells step, node, state, who serves, the backup and the next move, and keeps the first error first", () => {
    const text = failureText({
      ...{ step: "clone", stepNumber: 8, stepCount: 12, node: "gw2", what: "the load broke" },
      ...{ state: "S4", serves: "gw1", backup: "/b/x.sql on gw1", next: "npx pulumi up", also: ["gw3 did not start"] },
    });
    assert.deepEqual(text.split("\n"), [
      "step 8/12 (clone) failed on gw2: the load broke",
      "and then: gw3 did not start",
      "state: S4",
      "who serves: gw1",
      "backup: /b/x.sql on gw1",
      "next: npx pulumi up",
    ]);
  });

  it("adds the next move that an error carries, once", () => {
    assert.equal(errorText(new SafetyError("locked", { next: "wait" })), "locked\nnext: wait");
    assert.equal(errorText(new SafetyError("locked; wait", { next: "wait" })), "locked; wait");
    assert.equal(errorText("plain"), "plain");
  });
});

describe("units", () => {
  it("are for people", () => {
    assert.deepEqual([0, 1023, 1536, 5 * 1024 ** 2].map(bytesText), ["0 B", "1023 B", "1.5 KiB", "5.0 MiB"]);
    assert.deepEqual([0.4, 59.6, 3599, 7260].map(secondsText), ["0 s", "1 min 0 s", "59 min 59 s", "2 h 1 min"]);
  });
});
