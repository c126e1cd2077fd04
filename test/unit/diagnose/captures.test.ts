import assert from "node:assert/strict";
import { diagnose } from "../../../providers/diagnose/diagnose.ts";
import type { Health } from "../../../providers/diagnose/finding.ts";
import { health } from "../../../providers/diagnose/health.ts";
import { runLook } from "../../../providers/diagnose/run-traces.ts";
import { profileOf } from "../../../providers/profile/profile-of.ts";
import { capturedPair, caseNames, flavours, notReached, pairOf } from "./captured.ts";

/** "subject code remedy", worst state first. Notes are left out. */
interface Expected {
  readonly state: Health["state"];
  readonly findings: readonly string[];
}

const broken = (...findings: readonly string[]): Expected => ({ state: "broken", findings });
const degraded = (...findings: readonly string[]): Expected => ({ state: "degraded", findings });
const replicating: Expected = { state: "replicating", findings: [] };
const isGtid = (flavour: string): boolean => flavour.endsWith("-gtid");
const isMariadb = (flavour: string): boolean => flavour.startsWith("mariadb");
const is5 = (flavour: string): boolean => flavour.startsWith("mysql56");

/** By the captured case: what must be concluded from its rows, on each flavour. */
const expectations: Readonly<Record<string, Expected | ((flavour: string) => Expected)>> = {
  healthy: replicating,
  io_stopped: broken("link-secondary receiver-stopped start-threads"),
  sql_stopped: broken("link-secondary applier-stopped start-threads"),
  both_stopped: broken("link-secondary threads-stopped start-threads"),
  never_configured: (flavour) =>
    broken(`link-secondary not-configured ${isGtid(flavour) && !isMariadb(flavour) ? "repoint" : "reinitialise"}`),
  reset_not_all: (flavour) =>
    broken(
      isGtid(flavour) ? "link-secondary threads-stopped start-threads" : "link-secondary position-lost reinitialise",
    ),
  dup_key_1062: broken("link-secondary duplicate-key reinitialise"),
  dup_key_1062_row: broken("link-secondary duplicate-key reinitialise"),
  missing_row_1032: broken("link-secondary missing-row reinitialise"),
  // MIXED on 5.6 and MariaDB: an UPDATE of a missing row gives no error; only the contents tell.
  missing_row_default_format: (flavour) =>
    flavour.startsWith("mysql97") ? broken("link-secondary missing-row reinitialise") : replicating,
  statement_unsafe_divergence: replicating,
  missing_table_1146: broken("link-secondary missing-table reinitialise"),
  foreign_key_1452: broken("link-secondary foreign-key reinitialise"),
  // MariaDB's applier replaces the table without a word (slave_ddl_exec_mode).
  table_exists_1050: (flavour) =>
    isMariadb(flavour) ? replicating : broken("link-secondary object-exists reinitialise"),
  column_mismatch: broken("link-secondary definition-differs reinitialise"),
  unknown_column_1054: broken("link-secondary definition-differs reinitialise"),
  purged_1236: broken("link-secondary source-log-lost reinitialise"),
  source_reset_1236: (flavour) =>
    broken(`link-secondary ${isGtid(flavour) ? "source-was-reset" : "source-log-lost"} reinitialise`),
  source_reset_then_writes: broken("link-secondary gtid-out-of-order reinitialise"),
  bad_position_1236: broken("link-secondary position-beyond-log reinitialise"),
  bad_position_middle: broken("link-secondary source-log-unreadable reinitialise"),
  errant_on_replica: broken("link-primary source-log-lost reinitialise"),
  wrong_password_1045: broken("link-secondary access-denied repoint"),
  repl_user_dropped: broken("link-secondary access-denied repoint"),
  repl_user_locked: broken("link-secondary access-denied repoint"),
  repl_user_expired: broken("link-secondary access-denied repoint"),
  repl_user_no_priv: broken("link-secondary replication-right-missing repoint"),
  // 9.7 links use TLS by default, where the key is not asked for.
  auth_needs_key_2061: (flavour) =>
    flavour === "mysql80-filepos" ? broken("link-secondary auth-needs-key repoint") : replicating,
  max_connections_1040: broken("link-secondary source-out-of-connections wait"),
  // On 8.0 the host was changed without a position, which forgets it.
  wrong_host: (flavour) =>
    broken(`link-secondary wrong-source-address ${flavour === "mysql80-filepos" ? "reinitialise" : "repoint"}`),
  wrong_host_with_position: broken("link-secondary wrong-source-address repoint"),
  wrong_port: broken("link-secondary wrong-source-address repoint"),
  retry_defaults: broken("link-secondary wrong-source-address repoint"),
  retries_exhausted: broken("link-secondary wrong-source-address repoint"),
  peer_down_retries_exhausted: broken("primary server-down none", "link-secondary gave-up-connecting start-threads"),
  peer_down_2003: broken("primary server-down none"),
  peer_killed_2003: broken("primary server-down none"),
  source_frozen: { state: "unknown", findings: ["primary node-unreachable none"] },
  same_server_id_1593: broken("pair same-server-id none"),
  same_server_uuid: broken("pair same-server-uuid none"),
  self_source_1593: (flavour) => broken(`link-secondary reads-itself ${isGtid(flavour) ? "repoint" : "reinitialise"}`),
  source_binlog_off: broken("primary log-bin-off none", "link-primary threads-stopped start-threads"),
  max_packet_replica: broken("link-secondary event-too-large none"),
  max_packet_source: broken("link-secondary event-too-large none"),
  // MariaDB with GTID mends itself: it fetches the log anew.
  relay_log_corrupt: (flavour) =>
    flavour === "mariadb1011-gtid" ? replicating : broken("link-secondary relay-log-damaged repoint"),
  // MariaDB tells nothing in its status; its START fails with 1201.
  relay_log_missing: (flavour) =>
    broken(
      isMariadb(flavour) ? "link-secondary threads-stopped start-threads" : "link-secondary relay-log-missing repoint",
    ),
  // A lost row without any sign but the contents.
  relay_log_and_index_missing: replicating,
  lag_lock: (flavour) => waiting(flavour, is5(flavour) || isMariadb(flavour)),
  ftwrl_on_replica: (flavour) => waiting(flavour, is5(flavour) || isMariadb(flavour)),
  // Only the workers' table of 8.0 and later tells of retries.
  lag_row_lock_1205: (flavour) => waiting(flavour, !is5(flavour) && !isMariadb(flavour)),
  lag_long_transaction: (flavour) => (flavour === "mysql97-filepos" ? replicating : waiting(flavour, false)),
  // 8.0 with offline_mode, which refuses the other link too; the others read-only alone.
  fenced_recipient: (flavour) =>
    flavour === "mysql80-filepos"
      ? broken("link-primary source-offline wait", "secondary read-only none")
      : degraded("secondary read-only none"),
  replicate_filter: degraded("secondary replication-filters none"),
  delayed: degraded("secondary delayed-replica none"),
  named_channel: degraded("secondary named-channel none"),
};

const waiting = (_flavour: string, blocked: boolean): Expected =>
  degraded(`link-secondary ${blocked ? "applier-blocked" : "lagging"} wait`);

/** Cases in which the replica did not get where its source stood while somebody looked. */
const late = ["lag_lock", "ftwrl_on_replica", "lag_row_lock_1205", "lag_long_transaction", "delayed"];

describe("diagnose: captured rows", () => {
  for (const flavour of flavours)
    for (const name of caseNames(flavour))
      it(`${flavour} ${name}`, () => {
        const expected = expectations[name];
        assert.ok(expected, `say what ${name} must be concluded to`);
        const { state, findings } = typeof expected === "function" ? expected(flavour) : expected;
        const behind = late.includes(name) && !(name === "lag_long_transaction" && flavour === "mysql97-filepos");
        const observation = capturedPair(flavour, name, behind ? { secondary: notReached } : {});
        const found = health(
          diagnose(observation, profileOf("layer7-gateway"), pairOf(flavour, name)),
          runLook(observation),
        );
        const seen = found.findings.filter(({ severity }) => severity !== "note");
        assert.deepEqual(
          seen.map(({ subject, code, remedy }) => `${subject} ${code} ${remedy}`).sort(),
          [...findings].sort(),
        );
        assert.equal(found.state, state);
        for (const finding of found.findings)
          for (const text of [finding.sentence, finding.evidence, finding.advice])
            assert.ok(text.length > 0, finding.code);
      });
});
