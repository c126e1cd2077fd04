import assert from "node:assert/strict";
import { health } from "../../../providers/diagnose/health.ts";
import { runLook } from "../../../providers/diagnose/run-traces.ts";
import type { PairObservation } from "../../../providers/observe/observation.ts";
import { brief, down, findings, healthy, one, pair } from "./changed.ts";

describe("diagnose: nodes", () => {
  const without = (code: string): PairObservation => ({ ...healthy, primary: down(code), links: {} });

  it("calls a node that it could not ask unknown, never broken", () => {
    for (const code of ["unreachable", "limit", "1040", "1045", "something-new"]) {
      const found = findings(without(code));
      assert.deepEqual(found.map(brief), ["primary node-unreachable unknown none"]);
      assert.equal(health(found, runLook(healthy)).state, "unknown");
    }
    assert.match(findings(without("1040"))[0]?.advice ?? "", /out of connections/);
  });

  it("starts a server that is proved down where it may", () => {
    assert.equal(brief(one(without("server-down"))), "primary server-down broken none");
    const mysql = { ...pair.primary.mysql, startService: ["service", "mysql", "start"] };
    const found = one(without("server-down"), { ...pair, primary: { ...pair.primary, mysql } });
    assert.equal(brief(found), "primary server-down broken start-server");
  });
});
