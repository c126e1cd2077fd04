import assert from "node:assert/strict";
import { changedSince, type Planned } from "../../../providers/plan/changed-since.ts";
import type { NodeSummary, Plan } from "../../../providers/plan/plan.ts";

interface Case {
  readonly remedy?: Plan["remedy"];
  readonly donor?: Plan["donor"];
  readonly overwrites?: boolean;
  readonly uuids?: readonly [string | undefined, string | undefined];
}

const planned = ({
  remedy = "reinitialise",
  donor = "primary",
  uuids = ["p", "s"],
  overwrites = true,
}: Case): Planned => {
  const node = (name: string, serverUuid: string | undefined): NodeSummary => ({ name, serverUuid, bytes: 1 });
  return {
    plan: {
      ...{ remedy, donor, recipient: donor === "primary" ? "secondary" : "primary", why: "", notMilder: [] },
      ...{ steps: [], bytes: 1, estimatedSeconds: 1, outageSeconds: 1, refusals: [], warnings: [] },
      ...{ overwrites, voids: [] },
    },
    observed: {
      nodes: { primary: node("gw1", uuids[0]), secondary: node("gw2", uuids[1]) },
      ...{ gatewaysRunning: [], voidRuns: [] },
      refusals: [],
    },
  };
};

describe("a plan that was shown", () => {
  const cases: readonly [what: string, shown: Case, now: Case, refused: RegExp | undefined][] = [
    ["is the same", {}, {}, undefined],
    ["became milder", {}, { remedy: "repoint" }, undefined],
    ["became stronger", { remedy: "repoint" }, {}, /planned was repoint, now it takes reinitialise/],
    ["was nothing", { remedy: "none" }, { remedy: "start-threads" }, /planned was none/],
    ["keeps the other side now", {}, { donor: "secondary" }, /planned was to keep gw1, now gw2/],
    ["was to finish a run only", { overwrites: false }, {}, /now gw2 would be overwritten/],
    ["has another recipient now", {}, { uuids: ["p", "x"] }, /gw2 is another server/],
    ["has another donor now", { remedy: "repoint" }, { remedy: "repoint", uuids: ["x", "s"] }, /gw1 is another server/],
    ["could not see a server", { uuids: ["p", undefined] }, { uuids: ["p", "s"] }, undefined],
    ["cannot see a server now", {}, { uuids: ["p", undefined] }, undefined],
    ["is not needed any more", {}, { remedy: "none", donor: "secondary", uuids: ["x", "x"] }, undefined],
  ];
  for (const [what, shown, now, refused] of cases)
    it(`${refused ? "is refused" : "runs"} where it ${what}`, () => {
      const change = changedSince(planned(shown), planned(now));
      if (refused) assert.match(change ?? "", refused);
      else assert.equal(change, undefined);
    });
});
