import assert from "node:assert/strict";
import type { Finding } from "../../../providers/diagnose/finding.ts";
import { health } from "../../../providers/diagnose/health.ts";
import { runLook } from "../../../providers/diagnose/run-traces.ts";
import type { PairObservation } from "../../../providers/observe/observation.ts";
import type { Side } from "../../../providers/pair.ts";
import { capturedPair, pairOf, reached } from "./captured.ts";
import { brief, factsOf, findings, healthy, one, withFacts, withVariables } from "./changed.ts";

describe("diagnose: numbers of transactions", () => {
  const uuidOf = (side: Side): string => factsOf(healthy, side).variables.server_uuid ?? "";
  const executed = (side: Side, set: string, from = healthy): PairObservation => {
    const { log } = factsOf(from, side);
    assert.ok(log);
    return withFacts(side, { log: { ...log, gtid: set } }, from);
  };

  it("raises no alarm for what a busy donor wrote after its recipient was asked", () => {
    const [donor, recipient] = [uuidOf("primary"), uuidOf("secondary")];
    const busy = executed(
      "primary",
      `${donor}:1-500,${recipient}:1-9`,
      executed("secondary", `${donor}:1-480,${recipient}:1-9`),
    );
    assert.deepEqual(findings(busy), []);
    // The donor is asked last: it may have more of the recipient than the recipient's answer named.
    const crossed = executed(
      "primary",
      `${donor}:1-500,${recipient}:1-12`,
      executed("secondary", `${donor}:1-480,${recipient}:1-9`),
    );
    assert.deepEqual(findings(crossed), []);
  });

  it("notes what the recipient alone has, and leaves the proof to the rows", () => {
    const [donor, recipient] = [uuidOf("primary"), uuidOf("secondary")];
    const errant = executed("primary", `${donor}:1-5`, executed("secondary", `${donor}:1-5,${recipient}:1-3`));
    const found = one(errant);
    assert.equal(brief(found), "pair errant-transactions note none");
    assert.match(found.evidence, new RegExp(`${recipient}:1-3`));
    assert.equal(health([found], runLook(healthy)).state, "replicating");
  });

  it("sees a source that lost the end of its log although both threads run", () => {
    const [donor, recipient] = [uuidOf("primary"), uuidOf("secondary")];
    const lost = executed(
      "primary",
      `${donor}:1-5,${recipient}:1`,
      executed("secondary", `${donor}:1-8,${recipient}:1`),
    );
    assert.equal(brief(one(lost)), "link-secondary source-was-reset broken reinitialise");
  });

  it("does not miss on the source what was written there while the replica was asked", () => {
    const [donor, recipient] = [uuidOf("primary"), uuidOf("secondary")];
    const between = executed("primary", `${donor}:1-5`, executed("secondary", `${donor}:1-8,${recipient}:1`));
    const { log } = factsOf(between, "primary");
    assert.ok(log);
    const later = withFacts("primary", { logAfter: { ...log, gtid: `${donor}:1-9,${recipient}:1` } }, between);
    assert.deepEqual(findings(later), []);
  });

  it("points an unconfigured replica only at a source that still has what it lacks", () => {
    const bare = withFacts("secondary", { replicas: [] }, { ...healthy, links: { primary: reached } });
    assert.equal(one(bare).remedy, "repoint");
    const { gtid_executed: all = "" } = factsOf(bare, "primary").variables;
    const purged = withVariables(
      "primary",
      { gtid_purged: all },
      executed("secondary", `${uuidOf("primary")}:1-2`, bare),
    );
    const found = findings(purged)[0] as Finding;
    assert.equal(brief(found), "link-secondary not-configured broken reinitialise");
    assert.match(found.advice, /purged \d+ transactions that the replica lacks/);
  });

  it("trusts no GTID set of a server that was just emptied", () => {
    const bare = withFacts("secondary", { replicas: [] }, { ...healthy, links: { primary: reached } });
    assert.equal(one(executed("secondary", "", bare)).remedy, "reinitialise");
  });

  it("sees MariaDB pass over rows of a source that was reset", () => {
    const mariadb = capturedPair("mariadb1011-gtid", "healthy");
    const reset = withVariables("primary", { gtid_binlog_pos: "1-1-3,2-2-2" }, mariadb);
    const found = findings(reset, pairOf("mariadb1011-gtid", "healthy")).filter(({ severity }) => severity !== "note");
    assert.deepEqual(found.map(brief), ["link-secondary source-was-reset broken reinitialise"]);
  });
});
