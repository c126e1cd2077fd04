import assert from "node:assert/strict";
import { diagnose } from "../../../providers/diagnose/diagnose.ts";
import type { Finding } from "../../../providers/diagnose/finding.ts";
import { health } from "../../../providers/diagnose/health.ts";
import type { ReplicaStatus } from "../../../providers/mysql/replica-status.ts";
import type { NodeFacts, NodeObservation, PairObservation } from "../../../providers/observe/observation.ts";
import { otherSide, type Pair, type Side } from "../../../providers/pair.ts";
import { profileOf } from "../../../providers/profile/profile-of.ts";
import { capturedFacts, capturedPair, notReached, pairOf, reached } from "./captured.ts";

/** Rules for which no server was broken: a captured healthy pair, changed in one place. */
const flavour = "mysql97-gtid";
const pair = pairOf(flavour, "healthy");
const healthy = capturedPair(flavour, "healthy");

const factsOf = (observation: PairObservation, side: Side): NodeFacts => {
  const node = observation[side];
  assert.ok(node.reachable);
  return node.facts;
};

const withFacts = (side: Side, change: Partial<NodeFacts>, from = healthy): PairObservation => {
  const node: NodeObservation = { reachable: true, facts: { ...factsOf(from, side), ...change } };
  return { ...from, [side]: node };
};

const withVariables = (side: Side, change: Readonly<Record<string, string>>, from = healthy): PairObservation =>
  withFacts(side, { variables: { ...factsOf(from, side).variables, ...change } }, from);

const withStatus = (side: Side, change: Partial<ReplicaStatus>, from = healthy): PairObservation => {
  const [status] = factsOf(from, side).replicas;
  assert.ok(status);
  return withFacts(side, { replicas: [{ ...status, ...change }] }, from);
};

const findings = (observation: PairObservation, configured: Pair = pair): readonly Finding[] =>
  diagnose(observation, profileOf(configured.profile), configured);

const one = (observation: PairObservation, configured: Pair = pair): Finding => {
  const found = findings(observation, configured);
  assert.deepEqual(found.map(({ code }) => code).length, 1, JSON.stringify(found, undefined, 1));
  return found[0] as Finding;
};

const brief = ({ subject, code, severity, remedy }: Finding): string => `${subject} ${code} ${severity} ${remedy}`;

describe("diagnose: links", () => {
  it("says nothing of a healthy pair", () => {
    assert.deepEqual(health(findings(healthy)), { state: "replicating", findings: [] });
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
    const found = health(findings({ ...healthy, links: { primary: { ...reached, reached: undefined } } }));
    assert.equal(found.state, "unknown");
    assert.equal(found.findings[0]?.code, "link-unproved");
  });
});

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
    assert.equal(health([found]).state, "replicating");
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

const down = (code: string): NodeObservation => ({ reachable: false, reason: "connect ECONNREFUSED", code });

describe("diagnose: nodes", () => {
  const without = (code: string): PairObservation => ({ ...healthy, primary: down(code), links: {} });

  it("calls a node that it could not ask unknown, never broken", () => {
    for (const code of ["unreachable", "limit", "1040", "1045", "something-new"]) {
      const found = findings(without(code));
      assert.deepEqual(found.map(brief), ["primary node-unreachable unknown none"]);
      assert.equal(health(found).state, "unknown");
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

describe("diagnose: settings", () => {
  const cases: readonly (readonly [string, PairObservation, string])[] = [
    ["log_bin off", withFacts("secondary", { log: undefined }), "secondary log-bin-off broken none"],
    ["equal server_id", withVariables("secondary", { server_id: "1" }), "pair same-server-id broken none"],
    ["GTID on one side", withVariables("secondary", { gtid_mode: "OFF" }), "pair gtid-mode-differs broken none"],
    ["release series", withFacts("secondary", { version: "9.6.0" }), "pair versions-differ degraded none"],
    ["name case", withVariables("primary", { lower_case_table_names: "1" }), "pair names-differ-in-case degraded none"],
    ["packets", withVariables("secondary", { replica_max_allowed_packet: "1024" }), "pair packet-limit degraded none"],
    ["offsets", withVariables("secondary", { auto_increment_offset: "1" }), "pair auto-increment-collides note none"],
    ["clocks", withFacts("secondary", { clockEpochSeconds: 1_800_000_060 }), "pair clock-skew degraded none"],
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
    [
      "MyISAM",
      withFacts("primary", { nonTransactionalTables: ["ssg.hibernate_unique_key"] }),
      "primary non-transactional-tables note none",
    ],
    ["foreign id", withFacts("primary", { foreignServerIds: [21] }), "primary foreign-server-id broken none"],
  ];
  for (const [name, observation, expected] of cases)
    it(name, () => {
      assert.equal(brief(one(observation)), expected);
    });

  it("names the foreign server_id", () => {
    assert.match(one(withFacts("primary", { foreignServerIds: [21] })).sentence, /21/);
  });
});

describe("diagnose: contents", () => {
  const difference = (
    table: string,
    only: Partial<Record<Side, readonly string[]>>,
    changed: readonly string[] = [],
  ) => ({
    ...{ schema: "ssg", table, rows: { primary: 10, secondary: 11 } },
    onlyOn: {
      primary: { count: only.primary?.length ?? 0, keys: only.primary ?? [] },
      secondary: { count: only.secondary?.length ?? 0, keys: only.secondary ?? [] },
    },
    changed: { count: changed.length, keys: changed },
  });
  const compared = (...differences: readonly ReturnType<typeof difference>[]): PairObservation => ({
    ...healthy,
    contents: { tablesCompared: 5, differences, skipped: [] },
  });
  const saving: Pair = { ...pair, policy: { ...pair.policy, recipientOnlyRows: "save-and-discard" } };

  it("lists what only the recipient has, and refuses unless the operator lets it go", () => {
    const observation = compared(difference("audit_main", { secondary: ["A1", "A2"] }));
    const found = one(observation);
    assert.equal(brief(found), "pair recipient-only-rows broken none");
    assert.match(found.sentence, /the secondary has 2 rows in 1 table/);
    assert.match(found.evidence, /ssg\.audit_main: 2 only on the secondary \(A1 A2\)/);
    assert.match(found.advice, /save-and-discard/);
    assert.equal(one(observation, saving).remedy, "reinitialise");
  });

  it("never lets go of what people made", () => {
    const found = one(compared(difference("policy", { secondary: ["P"] })), saving);
    assert.equal(found.remedy, "none");
    assert.match(found.advice, /ssg\.policy are never discarded/);
  });

  it("shows at most 20 keys", () => {
    const keys = Array.from({ length: 25 }, (_, index) => `K${index}`);
    const { evidence } = one(compared(difference("audit_main", { secondary: keys })));
    assert.match(evidence, /25 only on the secondary \(K0 .* K19 \.\.\.\)/);
    assert.doesNotMatch(evidence, /K20/);
  });

  it("calls other contents a reason to copy anew", () => {
    const found = one(compared(difference("policy", { primary: ["Q"] }, ["R"])));
    assert.equal(brief(found), "pair contents-differ broken reinitialise");
  });

  it("leaves heartbeats out", () => {
    assert.deepEqual(findings(compared(difference("cluster_info", { secondary: ["x"] }))), []);
  });

  it("lets rows travel first where a mild remedy mends the link", () => {
    const stopped = withStatus(
      "primary",
      { io: { state: "stopped" } },
      compared(difference("audit_main", { secondary: ["A"] })),
    );
    assert.deepEqual(findings(stopped).map(brief), [
      "link-primary receiver-stopped broken start-threads",
      "pair recipient-only-rows note wait",
    ]);
  });

  it("says what was not compared", () => {
    const skipped = [{ table: "ssg.audit_main", reason: "more rows than a look may read" }];
    const found = one({ ...healthy, contents: { tablesCompared: 4, differences: [], skipped } });
    assert.equal(brief(found), "pair not-compared note none");
  });
});

describe("diagnose: runs and gateways", () => {
  const lock = { owner: "ops@host", runId: "r1", beatAgeSeconds: 5 };
  const uuid = (side: Side): string => factsOf(healthy, side).variables.server_uuid ?? "";
  const fence = { runId: "r1", donorUuid: uuid("primary"), recipientUuid: uuid("secondary") };
  const journal = { runId: "r1", donorUuid: uuid("primary"), state: "S1", lastStep: "stop-links", finished: false };

  it("concludes nothing else while a run is at work", () => {
    const broken = withStatus("secondary", { io: { state: "stopped" } });
    const found = one(withFacts("secondary", { run: { lock, journal } }, broken));
    assert.equal(brief(found), "pair run-in-progress unknown none");
    assert.match(found.sentence, /run r1 of ops@host.*stop-links/);
  });

  it("takes a fenced recipient for incomplete, whatever its threads say", () => {
    const found = one(
      withVariables("secondary", { read_only: "ON", offline_mode: "ON" }, withFacts("secondary", { run: { fence } })),
    );
    assert.equal(brief(found), "secondary fenced broken reinitialise");
    const other = { ...fence, recipientUuid: "00000000-0000-0000-0000-000000000001" };
    assert.equal(
      brief(one(withFacts("secondary", { run: { fence: other } }))),
      "secondary fence-of-another broken none",
    );
    const both = withFacts("primary", { run: { fence } }, withFacts("secondary", { run: { fence } }));
    assert.equal(brief(one(both)), "pair both-fenced broken none");
    assert.equal(otherSide("primary"), "secondary");
  });

  it("tells of a run that was cut short early, once, and of a dead lock", () => {
    const run = { journal, lock: { ...lock, beatAgeSeconds: 61 } };
    const found = findings(withFacts("primary", { run: { journal } }, withFacts("secondary", { run })));
    assert.deepEqual(found.map(brief), ["pair run-unfinished degraded none", "secondary stale-lock note none"]);
  });

  const host = (name: string, failoverOrder: readonly string[], nodeId = name) => ({
    ...{ name, reachable: true, processes: 1, listeningPorts: [8443], failoverOrder, nodeId },
  });
  const [first, second] = [pair.primary.replication.host, pair.secondary.replication.host];

  it("finds a gateway that prefers the secondary", () => {
    const good = [host("gw1", ["localhost:3306", `${second}:3306`]), host("gw2", [`${first}:3306`, "localhost:3306"])];
    assert.deepEqual(findings({ ...healthy, hosts: good }), []);
    const found = one({ ...healthy, hosts: [host("gw2", ["localhost:3306", `${first}:3306`])] });
    assert.equal(brief(found), "gw2 failover-order degraded none");
  });

  it("finds two hosts with one node.id, a host that is away, and two writers", () => {
    const same = [host("gw1", [], "id"), host("gw2", [], "id")];
    assert.equal(one({ ...healthy, hosts: same }).code, "node-id-twice");
    const away = { ...host("pn1", []), reachable: false, reason: "no route" };
    assert.equal(brief(one({ ...healthy, hosts: [away] })), "pn1 gateway-host-unreachable note none");
    const session = [{ user: "gateway", host: "10.0.0.9" }];
    const split = withFacts(
      "primary",
      { applicationSessions: session },
      withFacts("secondary", { applicationSessions: session }),
    );
    assert.equal(brief(one(split)), "pair two-writers degraded none");
  });
});

describe("diagnose: the server's words", () => {
  it("keeps passwords out of findings", () => {
    const message = "Error 'x' on query: 'ALTER USER a IDENTIFIED BY 'se\\'cret' ' SOURCE_PASSWORD = 'se\\'cret'";
    const found = one(withStatus("secondary", { sql: { state: "stopped", fault: { code: 1396, message } } }));
    assert.equal(found.code, "account-differs");
    assert.doesNotMatch(JSON.stringify(found), /cret/);
  });

  it("judges captured facts, not made-up ones", () => {
    assert.equal(capturedFacts(flavour, "dup_key_1062").replicas[0]?.sql.fault?.code, 1062);
  });
});
