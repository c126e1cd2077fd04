import { atLeast, parseVersion } from "../mysql/version.ts";
import type { ClockAhead, NodeFacts, PairObservation } from "../observe/observation.ts";
import type { Side } from "../pair.ts";
import { usesGtid } from "./continuity.ts";
import type { Finding } from "./finding.ts";
import { limits } from "./limits.ts";
import { nodeConfiguration } from "./node-configuration.ts";

/** Settings that break replication, or hide that it is broken. Nothing of it is mended here: the advice says who does. */
export const configurationFindings = (observation: PairObservation, held: readonly Side[]): readonly Finding[] => {
  const [primary, secondary] = [factsOf(observation, "primary"), factsOf(observation, "secondary")];
  return [
    ...(primary ? nodeConfiguration("primary", primary, held.includes("primary")) : []),
    ...(secondary ? nodeConfiguration("secondary", secondary, held.includes("secondary")) : []),
    ...(primary && secondary ? pairRules.flatMap((rule) => rule(primary, secondary)) : []),
  ];
};

/** Findings of these codes stand against a reinitialisation: the copy would differ again, or could not be wired. */
export const refusesReinitialise: readonly string[] = [
  ...["log-bin-off", "same-server-id", "same-server-uuid", "replication-filters", "errors-skipped", "named-channel"],
  ...["versions-differ", "gtid-mode-differs", "names-differ-in-case", "foreign-server-id", "delayed-replica"],
];

const factsOf = (observation: PairObservation, side: Side): NodeFacts | undefined => {
  const node = observation[side];
  return node.reachable ? node.facts : undefined;
};

type PairRule = (primary: NodeFacts, secondary: NodeFacts) => readonly Finding[];

const pairFinding = (
  finding: Pick<Finding, "code" | "severity" | "sentence" | "evidence" | "advice">,
): readonly Finding[] => [{ ...finding, subject: "pair", remedy: "none" }];

const both = (primary: NodeFacts, secondary: NodeFacts, name: string): string =>
  `${name}: primary ${primary.variables[name] ?? "unknown"}, secondary ${secondary.variables[name] ?? "unknown"}`;

const same = (primary: NodeFacts, secondary: NodeFacts, name: string): boolean =>
  primary.variables[name] !== undefined && primary.variables[name] === secondary.variables[name];

const sameServerId: PairRule = (a, b) =>
  same(a, b, "server_id")
    ? pairFinding({
        code: "same-server-id",
        severity: "broken",
        sentence: "both servers bear the same server_id",
        evidence: both(a, b, "server_id"),
        advice:
          "give each its own in its option file (1 on the primary, 2 on the secondary) and restart the one that changes",
      })
    : [];

const sameServerUuid: PairRule = (a, b) =>
  same(a, b, "server_uuid")
    ? pairFinding({
        code: "same-server-uuid",
        severity: "broken",
        sentence: "both servers bear the same server_uuid, as copied data folders do",
        evidence: both(a, b, "server_uuid"),
        advice: "delete auto.cnf in the data folder of the node that was copied and restart that server",
      })
    : [];

const gtidModes: PairRule = (a, b) =>
  a.family !== "mariadb" && usesGtid(a) !== usesGtid(b) && a.log !== undefined && b.log !== undefined
    ? pairFinding({
        code: "gtid-mode-differs",
        severity: "broken",
        sentence: "one server uses GTID, the other does not",
        evidence: both(a, b, "gtid_mode"),
        advice: "set gtid_mode alike on both, in the four steps of the manual",
      })
    : [];

const versions: PairRule = (a, b) => {
  const [first, second] = [parseVersion(a.version), parseVersion(b.version)];
  return a.family === b.family && first[0] === second[0] && first[1] === second[1]
    ? []
    : pairFinding({
        code: "versions-differ",
        severity: "degraded",
        sentence: "the two servers are of different release series: an upgrade stopped half-way",
        evidence: `primary ${a.version}, secondary ${b.version}`,
        advice: `finish the upgrade of the ${atLeast(a.version, b.version) ? "secondary" : "primary"}; until then nothing is reinitialised`,
      });
};

const nameCase: PairRule = (a, b) =>
  same(a, b, "lower_case_table_names") || a.variables.lower_case_table_names === undefined
    ? []
    : pairFinding({
        code: "names-differ-in-case",
        severity: "degraded",
        sentence: "the two servers treat upper and lower case of table names differently",
        evidence: both(a, b, "lower_case_table_names"),
        advice: "it can only be set when a server is initialised: build the secondary anew with the primary's value",
      });

const packets: PairRule = (a, b) => {
  const tooSmall = (
    [
      ["primary", b, a],
      ["secondary", a, b],
    ] as const
  ).filter(([, source, replica]) => {
    const limit = replica.variables.replica_max_allowed_packet ?? replica.variables.slave_max_allowed_packet;
    return limit !== undefined && Number(limit) < Number(source.variables.max_allowed_packet ?? 0);
  });
  return tooSmall.length === 0
    ? []
    : pairFinding({
        code: "packet-limit",
        severity: "degraded",
        sentence: `the ${tooSmall.map(([side]) => side).join(" and the ")} may refuse an event that its source accepted`,
        evidence: tooSmall
          .map(
            ([side, source, replica]) =>
              `${side}: replica_max_allowed_packet ${replica.variables.replica_max_allowed_packet ?? replica.variables.slave_max_allowed_packet}, its source's max_allowed_packet ${source.variables.max_allowed_packet}`,
          )
          .join("; "),
        advice: "raise replica_max_allowed_packet (slave_max_allowed_packet): 1073741824 is its default",
      });
};

const autoIncrement: PairRule = (a, b) => {
  const step = Math.min(
    Number(a.variables.auto_increment_increment ?? 1),
    Number(b.variables.auto_increment_increment ?? 1),
  );
  return step >= 2 && !same(a, b, "auto_increment_offset")
    ? []
    : pairFinding({
        code: "auto-increment-collides",
        severity: "note",
        sentence: "both servers give out the same AUTO_INCREMENT numbers",
        evidence: `${both(a, b, "auto_increment_increment")}; ${both(a, b, "auto_increment_offset")}`,
        advice:
          "set auto_increment_increment=2 on both and auto_increment_offset 1 and 2, if any table uses AUTO_INCREMENT",
      });
};

const rangeOf = ({ least, most }: ClockAhead): string => `${least.toFixed(1)} to ${most.toFixed(1)} s`;

const clocks: PairRule = (a, b) => {
  // What is certain of it: a node that answers late is not behind.
  const skew = Math.max(a.clockAhead.least - b.clockAhead.most, b.clockAhead.least - a.clockAhead.most);
  return skew <= limits.clockSkewSecondsMax
    ? []
    : pairFinding({
        code: "clock-skew",
        severity: "degraded",
        sentence: `the clocks of the two nodes are at least ${Math.round(skew)} s apart: what the servers tell of lag is not to be trusted`,
        evidence: `ahead of this machine's: primary ${rangeOf(a.clockAhead)}, secondary ${rangeOf(b.clockAhead)}`,
        advice: "set the clocks right (chrony or ntpd on both)",
      });
};

const pairRules: readonly PairRule[] = [
  sameServerId,
  sameServerUuid,
  gtidModes,
  versions,
  nameCase,
  packets,
  autoIncrement,
  clocks,
];
