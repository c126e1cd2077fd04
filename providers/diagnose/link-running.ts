import { nothingWaits } from "./continuity.ts";
import type { Finding } from "./finding.ts";
import { limits } from "./limits.ts";
import { type LinkView, linkFinding } from "./link-view.ts";
import { faultText } from "./server-words.ts";

/** Both threads say that they run. That alone proves nothing: a frozen source or a dead network looks the same. */
export const linkRunning = (view: LinkView): readonly Finding[] => {
  const { status, sample } = view;
  if (status?.io.state !== "running" || status.sql.state !== "running") return [];
  if (status.retrying) return [blocked(view, faultText(status.retrying))];
  const waiting = lockWait(status.sql.activity ?? "");
  const behind = sample?.reached === false && !nothingWaits(view);
  const lags = (status.lagSeconds ?? 0) > limits.lagSecondsMax + status.delaySeconds;
  if (status.delaySeconds > 0 && !lags) return [];
  if (waiting && (behind || lags)) return [blocked(view, `the applier says: ${waiting}`)];
  if (lags || behind) return [lagging(view)];
  if (sample?.reached === false) return [silent(view, `it did not get there within ${sample.waitedMs} ms`)];
  if (!sample?.moved && heartbeatIsLate(view)) return [quiet(view)];
  return sample && sample.reached === undefined && view.source ? [unproved(view)] : [];
};

const lockWait = (activity: string): string | undefined =>
  /^waiting for .*\block\b/i.test(activity) ? activity : undefined;

const blocked = (view: LinkView, evidence: string): Finding =>
  linkFinding(view, {
    code: "applier-blocked",
    what: "the applier waits for a lock that somebody holds on the replica",
    severity: "degraded",
    evidence: `${evidence}; ${view.status?.lagSeconds ?? "?"} s behind`,
    remedy: "wait",
    advice:
      "find the session on the replica that holds the lock (SHOW PROCESSLIST, information_schema.INNODB_TRX) and end it: a forgotten transaction, LOCK TABLES or a backup",
  });

const lagging = (view: LinkView): Finding =>
  linkFinding(view, {
    code: "lagging",
    what: "the replica is behind its source and catches up",
    severity: "degraded",
    evidence: `${view.status?.lagSeconds ?? "?"} s behind; relay log ${view.status?.relayLogBytes} bytes; ${sampleText(view)}`,
    remedy: "wait",
    advice: "wait; where it grows, look at the replica's disk, a long transaction, or a table without a primary key",
  });

const silent = (view: LinkView, how: string): Finding =>
  linkFinding(view, {
    code: "link-silent",
    what: "both threads say that they run, but what the source has does not arrive",
    evidence: `${how}; ${sampleText(view)}; lag told: ${view.status?.lagSeconds ?? "none"}`,
    remedy: "start-threads",
    advice: "the connection is dead without knowing it: the receiver is stopped and started, which opens a new one",
  });

/** Where nothing new is written, heartbeats alone tell a living source. */
const heartbeatIsLate = ({ sample, replica }: LinkView): boolean => {
  const netTimeout = Number(replica.variables.replica_net_timeout ?? replica.variables.slave_net_timeout ?? 0);
  return (sample?.heartbeatAgeSeconds ?? 0) > Math.max(limits.heartbeatAgeSecondsMax, 2 * netTimeout);
};

const quiet = (view: LinkView): Finding =>
  linkFinding(view, {
    code: "heartbeat-late",
    what: "both threads run, but nothing was heard of the source for longer than its heartbeat",
    severity: "degraded",
    evidence: `last heard of ${Math.round(view.sample?.heartbeatAgeSeconds ?? 0)} s ago; ${sampleText(view)}`,
    remedy: "wait",
    advice: "the receiver connects anew by itself after its net timeout; should it stay, stop and start it",
  });

const unproved = (view: LinkView): Finding =>
  linkFinding(view, {
    code: "link-unproved",
    what: "both threads run, but it could not be told whether the source's events arrive",
    severity: "unknown",
    evidence: sampleText(view),
    remedy: "none",
    advice: "look again (npx pulumi refresh); should it stay, see which rights the monitoring account lacks",
  });

const sampleText = ({ sample }: LinkView): string =>
  sample
    ? `the replica ${sample.reached ? "reached" : sample.reached === false ? "did not reach" : "was not seen to reach"} where its source stood; the source ${sample.moved ? "moved on" : "stood still"} meanwhile`
    : "the link was not sampled";
