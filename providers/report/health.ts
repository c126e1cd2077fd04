import type { Finding, Health } from "../diagnose/finding.ts";
import { stateText } from "./states.ts";

/** For a person at 03:00: the state, then each finding with its code, its evidence and what to do; the worst first. */
export const healthText = (health: Health): string =>
  [headline(health), ...runLine(health), ...worstFirst(health.findings).map(findingText)].join("\n");

/** Of a run that is at work or was cut short. */
const runLine = ({ run }: Health): readonly string[] =>
  run.runId === undefined ? [] : [`run ${run.runId}: ${stateText(run.state)}; next: ${run.next}`];

/** For a program: the same facts in the same order. */
export const healthJson = (health: Health): string =>
  JSON.stringify({ state: health.state, run: health.run, findings: worstFirst(health.findings) }, undefined, 2);

const severities: readonly Finding["severity"][] = ["broken", "unknown", "degraded", "note"];

const worstFirst = (findings: readonly Finding[]): readonly Finding[] =>
  [...findings].sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));

const meanings: Readonly<Record<Health["state"], string>> = {
  replicating: "both links deliver",
  degraded: "both links deliver or catch up, but something needs a look",
  broken: "replication does not work, or the copies differ",
  unknown: "could not look everywhere, so nothing is claimed",
};

const headline = ({ state, findings }: Health): string => {
  const counts = severities.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count > 0 ? [`${count} ${severity}`] : [];
  });
  return `${state.toUpperCase()}: ${meanings[state]}${counts.length > 0 ? ` (${counts.join(", ")})` : ""}`;
};

const remedies: Readonly<Record<Finding["remedy"], string>> = {
  "start-server": "start-server (pulumi up starts the MySQL server)",
  "start-threads": "start-threads (pulumi up starts the replication threads; no data is touched)",
  repoint: "repoint (pulumi up sets the link anew where the replica stands; no data is touched)",
  reinitialise: "reinitialise (pulumi up copies donor -> recipient; the recipient is overwritten)",
  wait: "wait (it mends itself, or on the network or the server)",
  none: "none by pulumi up",
};

const findingText = ({ severity, subject, code, sentence, evidence, remedy, advice }: Finding): string =>
  [
    `- ${severity}: ${sentence}`,
    `    code:     ${code} (${subject})`,
    `    evidence: ${evidence}`,
    `    remedy:   ${remedies[remedy]}`,
    `    advice:   ${advice}`,
  ].join("\n");
