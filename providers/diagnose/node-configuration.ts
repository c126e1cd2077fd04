import type { NodeFacts } from "../observe/observation.ts";
import type { Side } from "../pair.ts";
import type { Finding } from "./finding.ts";

type NodeRule = (side: Side, facts: NodeFacts) => readonly Finding[];

/** Settings of one node. A node held by a run is read-only on purpose: that is told elsewhere. */
export const nodeConfiguration = (side: Side, facts: NodeFacts, held: boolean): readonly Finding[] =>
  nodeRules.filter((rule) => !(held && rule === readOnly)).flatMap((rule) => rule(side, facts));

const nodeFinding = (
  side: Side,
  finding: Pick<Finding, "code" | "severity" | "sentence" | "evidence" | "advice">,
): readonly Finding[] => [{ ...finding, subject: side, remedy: "none" }];

/** The value under its present name or its older one. */
const either = ({ variables }: NodeFacts, name: string, older: string): string | undefined =>
  variables[name] ?? variables[older];

const logBin: NodeRule = (side, facts) =>
  facts.log && facts.variables.log_bin?.toUpperCase() !== "OFF"
    ? []
    : nodeFinding(side, {
        code: "log-bin-off",
        severity: "broken",
        sentence: `the ${side} writes no binary log: nothing can be replicated from it`,
        evidence: `log_bin ${facts.variables.log_bin ?? "unknown"}`,
        advice:
          "set log_bin in its option file and restart it; what was written meanwhile is in no log, so reinitialise afterwards",
      });

const readOnly: NodeRule = (side, { variables }) => {
  const names = ["read_only", "super_read_only", "offline_mode"].filter((name) => isOn(variables[name]));
  return names.length === 0
    ? []
    : nodeFinding(side, {
        code: "read-only",
        severity: "degraded",
        sentence: `the ${side} ${names.includes("offline_mode") ? "refuses logins" : "refuses writes"}: a gateway that fails over to it cannot work`,
        evidence: names.map((name) => `${name} ${variables[name]}`).join(", "),
        advice: "nobody of ours set it: find out who did, then switch it off (SET GLOBAL, RESET PERSIST, option file)",
      });
};

/** MariaDB says 1 or ON, NO_LOCK and more; off is OFF or 0. */
const isOn = (value: string | undefined): boolean =>
  value !== undefined && !["OFF", "0", ""].includes(value.toUpperCase());

const format: NodeRule = (side, { variables }) =>
  variables.binlog_format === undefined || variables.binlog_format === "ROW"
    ? []
    : nodeFinding(side, {
        code: "format-hides-differences",
        severity: variables.binlog_format === "STATEMENT" ? "degraded" : "note",
        sentence: `the ${side} logs statements, not rows: a missing row on the other side gives no error there`,
        evidence: `binlog_format ${variables.binlog_format}`,
        advice:
          "set binlog_format=ROW in the option file and restart (article 42882); only contents tell whether the copies are equal",
      });

const skipped: NodeRule = (side, facts) => {
  const errors = either(facts, "replica_skip_errors", "slave_skip_errors");
  const mode = either(facts, "replica_exec_mode", "slave_exec_mode");
  const found = [
    ...(errors !== undefined && isOn(errors) ? [`replica_skip_errors ${errors}`] : []),
    ...(mode === "IDEMPOTENT" ? [`replica_exec_mode ${mode}`] : []),
  ];
  return found.length === 0
    ? []
    : nodeFinding(side, {
        code: "errors-skipped",
        severity: "degraded",
        sentence: `the ${side} passes over replication errors: the copies may differ without any sign`,
        evidence: found.join(", "),
        advice: "take the setting out of the option file and restart, then let the contents be compared",
      });
};

const filters: NodeRule = (side, { replicas, filters: others }) => {
  const found = [...new Set([...replicas.flatMap((row) => row.filters), ...others])];
  return found.length === 0
    ? []
    : nodeFinding(side, {
        code: "replication-filters",
        severity: "degraded",
        sentence: `the ${side} leaves a part of the changes out`,
        evidence: found.join(", "),
        advice:
          "both nodes must be whole copies: remove the filters (CHANGE REPLICATION FILTER, option file), then reinitialise",
      });
};

const channels: NodeRule = (side, { replicas }) => {
  const named = replicas.filter(({ channel, sourceHost }) => channel !== "" && sourceHost !== "");
  return named.length === 0
    ? []
    : nodeFinding(side, {
        code: "named-channel",
        severity: "degraded",
        sentence: `the ${side} has ${named.length === 1 ? "a named replication channel" : "named replication channels"}, which are not touched here`,
        evidence: named
          .map(({ channel, sourceHost, sourcePort }) => `"${channel}" from ${sourceHost}:${sourcePort}`)
          .join(", "),
        advice: "remove it when it is not needed: STOP REPLICA and RESET REPLICA ALL ... FOR CHANNEL 'name'",
      });
};

const delayed: NodeRule = (side, { replicas }) => {
  const slow = replicas.find(({ delaySeconds }) => delaySeconds > 0);
  return slow === undefined
    ? []
    : nodeFinding(side, {
        code: "delayed-replica",
        severity: "degraded",
        sentence: `the ${side} applies its source's changes ${slow.delaySeconds} s late, on purpose`,
        evidence: `SQL_Delay ${slow.delaySeconds}`,
        advice: "a node that gateways fail over to must not be delayed: CHANGE REPLICATION SOURCE TO SOURCE_DELAY=0",
      });
};

const updatesLogged: NodeRule = (side, facts) =>
  isOn(either(facts, "log_replica_updates", "log_slave_updates") ?? "ON")
    ? []
    : nodeFinding(side, {
        code: "updates-not-logged",
        severity: "note",
        sentence: `the ${side} does not log what it applies`,
        evidence: "log_replica_updates OFF",
        advice: "with it on, a third node can be built from either side: log_replica_updates=ON in the option file",
      });

const circling: NodeRule = (side, { foreignServerIds = [] }) =>
  foreignServerIds.length === 0
    ? []
    : nodeFinding(side, {
        code: "foreign-server-id",
        severity: "broken",
        sentence: `the log of the ${side} holds events of server_id ${foreignServerIds.join(", ")}, which neither node bears: they may circle for ever, and lag means nothing`,
        evidence: `server_ids in the newest part of its log: ${foreignServerIds.join(", ")}`,
        advice:
          "a server_id was changed: give a node that id for a moment (SET GLOBAL server_id) and each such event ends there, then set it back and reinitialise",
      });

const nodeRules: readonly NodeRule[] = [
  logBin,
  readOnly,
  format,
  skipped,
  filters,
  channels,
  delayed,
  updatesLogged,
  circling,
];
