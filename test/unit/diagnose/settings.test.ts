import assert from "node:assert/strict";
import type { PairObservation } from "../../../providers/observe/observation.ts";
import { brief, findings, one, withFacts, withStatus, withVariables } from "./changed.ts";

describe("diagnose: settings", () => {
  const cases: readonly (readonly [string, PairObservation, string])[] = [
    ["log_bin off", withFacts("secondary", { log: undefined }), "secondary log-bin-off broken none"],
    ["equal server_id", withVariables("secondary", { server_id: "1" }), "pair same-server-id broken none"],
    ["GTID on one side", withVariables("secondary", { gtid_mode: "OFF" }), "pair gtid-mode-differs broken none"],
    ["release series", withFacts("secondary", { version: "9.6.0" }), "pair versions-differ degraded none"],
    ["name case", withVariables("primary", { lower_case_table_names: "1" }), "pair names-differ-in-case degraded none"],
    ["packets", withVariables("secondary", { replica_max_allowed_packet: "1024" }), "pair packet-limit degraded none"],
    ["offsets", withVariables("secondary", { auto_increment_offset: "1" }), "pair auto-increment-collides note none"],
    ["clocks", withFacts("secondary", { clockAhead: { least: 59, most: 61 } }), "pair clock-skew degraded none"],
    ["read-only", withVariables("secondary", { read_only: "ON" }), "secondary read-only degraded none"],
    [
      "STATEMENT",
      withVariables("primary", { binlog_format: "STATEMENT" }),
      "primary format-hides-differences degraded none",
    ],
    ["MIXED", withVariables("primary", { binlog_format: "MIXED" }), "primary format-hides-differences note none"],
    ["skip list", withVariables("primary", { replica_skip_errors: "1062" }), "primary errors-skipped degraded none"],
    [
      "filters",
      withStatus("secondary", { filters: ["Replicate_Do_DB=ssg"] }),
      "secondary replication-filters degraded none",
    ],
    ["delay", withStatus("secondary", { delaySeconds: 3600 }), "secondary delayed-replica degraded none"],
    [
      "unlogged updates",
      withVariables("primary", { log_replica_updates: "OFF", log_slave_updates: "OFF" }),
      "primary updates-not-logged note none",
    ],
    ["foreign id", withFacts("primary", { foreignServerIds: [21] }), "primary foreign-server-id broken none"],
  ];
  for (const [name, observation, expected] of cases)
    it(name, () => {
      assert.equal(brief(one(observation)), expected);
    });

  it("takes a node that answers late for none that is behind", () => {
    assert.deepEqual(findings(withFacts("secondary", { clockAhead: { least: -25, most: 0.7 } })), []);
  });

  it("names the foreign server_id", () => {
    assert.match(one(withFacts("primary", { foreignServerIds: [21] })).sentence, /21/);
  });
});
