import assert from "node:assert/strict";
import { health } from "../../../providers/diagnose/health.ts";
import { runLook } from "../../../providers/diagnose/run-traces.ts";
import { notReached, reached } from "./captured.ts";
import { brief, down, findings, healthy, one, withFacts, withStatus } from "./changed.ts";

describe("diagnose: links", () => {
  it("says nothing of a healthy pair", () => {
    assert.deepEqual(health(findings(healthy), runLook(healthy)), {
      ...{ state: "replicating", findings: [] },
      run: { state: "S0", runId: undefined, lastStep: undefined, next: "none" },
    });
  });

  it("does not believe Yes and Yes where the source's rows do not arrive", () => {
    const found = one({ ...healthy, links: { primary: reached, secondary: notReached } });
    assert.equal(brief(found), "link-secondary link-silent broken start-threads");
    assert.equal(found.sentence.split(":")[0], "secondary <- primary");
  });

  it("calls a replica that applies late lagging, not silent", () => {
    const behind = withStatus("secondary", { executed: { file: "ssgbin-log.000001", offset: 4 } });
    const found = one({ ...behind, links: { primary: reached, secondary: notReached } });
    assert.equal(brief(found), "link-secondary lagging degraded wait");
    assert.equal(brief(one(withStatus("secondary", { lagSeconds: 61 }))), "link-secondary lagging degraded wait");
    assert.deepEqual(findings(withStatus("secondary", { lagSeconds: 60 })), []);
  });

  it("never reads lag unless both threads run", () => {
    const connecting = { state: "connecting", fault: { code: 1045, message: "Access denied" } } as const;
    const found = one({ ...withStatus("secondary", { io: connecting, lagSeconds: 100_000 }), links: {} });
    assert.equal(brief(found), "link-secondary access-denied broken repoint");
  });

  it("tells a receiver that is still connecting from one that failed", () => {
    const found = one(withStatus("secondary", { io: { state: "connecting", activity: "Connecting to source" } }));
    assert.equal(brief(found), "link-secondary connecting degraded wait");
  });

  it("names errors that nobody listed, with the server's words, and does nothing about them", () => {
    const fault = { code: 4711, message: "the moon is full" };
    const applier = one(withStatus("secondary", { sql: { state: "stopped", fault } }));
    assert.equal(brief(applier), "link-secondary applier-error-unrecognised broken none");
    assert.match(applier.sentence, /unrecognised error 4711/);
    assert.match(applier.evidence, /error 4711: the moon is full/);
    const receiver = one(withStatus("secondary", { io: { state: "stopped", fault } }));
    assert.equal(brief(receiver), "link-secondary receiver-error-unrecognised broken none");
    const log = one(
      withStatus("secondary", { io: { state: "stopped", fault: { code: 13114, message: "new words" } } }),
    );
    assert.equal(brief(log), "link-secondary source-log-error broken none");
  });

  it("names each thread's own cause, and each link by itself", () => {
    const fault = { code: 1062, message: "Duplicate entry '1' for key 't.PRIMARY'; event on table ssg.policy; x" };
    const both = withStatus("secondary", { sql: { state: "stopped", fault }, io: { state: "stopped" } });
    const found = findings(withStatus("primary", { sql: { state: "stopped" } }, both));
    assert.deepEqual(found.map(brief), [
      "link-primary applier-stopped broken start-threads",
      "link-secondary duplicate-key broken reinitialise",
      "link-secondary receiver-stopped broken start-threads",
    ]);
    assert.match(found[1]?.sentence ?? "", /ssg\.policy/);
  });

  it("names a backup that may have stopped the applier", () => {
    const stopped = withStatus("secondary", { sql: { state: "stopped" }, relayLogBytes: 987_654 });
    const found = one(withFacts("secondary", { backupProcesses: ["mysqldump --dump-replica"] }, stopped));
    assert.match(found.evidence, /relay log 987654 bytes.*mysqldump/);
    assert.match(found.advice, /backup/);
  });

  it("warns that metrics tables break again", () => {
    const fault = { code: 1062, message: "Could not execute Write_rows event on table ssg.service_metrics; Duplicate" };
    assert.match(one(withStatus("secondary", { sql: { state: "stopped", fault } })).advice, /metrics table/);
  });

  it("tells who damaged a network from who is merely away", () => {
    const refused = { state: "connecting", fault: { code: 2003, message: "Can't connect" } } as const;
    assert.equal(brief(one(withStatus("secondary", { io: refused }))), "link-secondary source-unreachable broken wait");
    const gone = { ...withStatus("secondary", { io: refused }), primary: down("unreachable"), links: {} };
    assert.deepEqual(findings(gone).map(brief), [
      "primary node-unreachable unknown none",
      "link-secondary source-unreachable broken wait",
    ]);
    const stopped = { state: "stopped", fault: refused.fault } as const;
    assert.equal(
      brief(one(withStatus("secondary", { io: stopped }))),
      "link-secondary gave-up-connecting broken start-threads",
    );
  });

  it("sees a third server at the other end", () => {
    const found = one(withStatus("secondary", { sourceUuid: "00000000-0000-0000-0000-000000000001" }));
    assert.equal(brief(found), "link-secondary wrong-source broken none");
  });

  it("hears that an idle source has gone quiet", () => {
    const quiet = { ...reached, heartbeatAgeSeconds: 130 };
    const found = one({ ...healthy, links: { primary: reached, secondary: quiet } });
    assert.equal(brief(found), "link-secondary heartbeat-late degraded wait");
    assert.deepEqual(findings({ ...healthy, links: { primary: reached, secondary: { ...quiet, moved: true } } }), []);
  });

  it("says so where a link could not be proved", () => {
    const found = health(
      findings({ ...healthy, links: { primary: { ...reached, reached: undefined } } }),
      runLook(healthy),
    );
    assert.equal(found.state, "unknown");
    assert.equal(found.findings[0]?.code, "link-unproved");
  });
});
