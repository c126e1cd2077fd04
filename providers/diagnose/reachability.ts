import type { NodeObservation } from "../observe/observation.ts";
import type { DatabaseNode } from "../pair.ts";
import type { Finding } from "./finding.ts";
import { redacted } from "./server-words.ts";

/** A node that could not be asked is unknown, never broken; a server that is proved down is another matter. */
export const reachabilityFindings = (
  node: DatabaseNode,
  seen: NodeObservation,
  runUnfinished: boolean,
): readonly Finding[] => {
  if (seen.reachable) return [];
  return [seen.code === "server-down" ? serverDown(node, seen.reason, runUnfinished) : couldNotLook(node, seen)];
};

/** What a run has left is judged with both servers up: only then is it certain which servers these are. */
const serverDown = ({ side, name, mysql }: DatabaseNode, reason: string, runUnfinished: boolean): Finding => ({
  code: "server-down",
  subject: side,
  severity: "broken",
  sentence: `the MySQL server of the ${side} (${name}) is down: its host answers, nobody listens where the server should`,
  evidence: redacted(reason),
  ...(mysql.startService && !runUnfinished
    ? { remedy: "start-server", advice: `it is started by ${mysql.startService.join(" ")}; links wait for it` }
    : {
        remedy: "none",
        advice: `start it on ${name} (its error log says why it went down)${runUnfinished ? ", then npx pulumi up: it takes up the run that was cut short" : ", or set mysql.startService"}`,
      }),
});

const couldNotLook = (
  { side, name }: DatabaseNode,
  { reason, code }: { readonly reason: string; readonly code: string },
): Finding => ({
  code: "node-unreachable",
  subject: side,
  severity: "unknown",
  sentence: `could not look at the ${side} (${name}): nothing is known of its health`,
  evidence: redacted(`${code}: ${reason}`),
  remedy: "none",
  advice:
    advices[code] ??
    "make the host reachable over SSH and its server over the configured way, then run npx pulumi refresh",
});

const advices: Readonly<Record<string, string>> = {
  "1040": "its server is out of connections: end sessions there or raise max_connections, then run npx pulumi refresh",
  "1045": "its server refuses our account: look at mysql.optionFile, or at mysql.user and its secret password setting",
  "1227": "our account lacks a right there: see docs/accounts.md",
  "1142": "our account lacks a right there: see docs/accounts.md",
};
