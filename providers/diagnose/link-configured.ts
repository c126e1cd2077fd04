import { cannotGoOn, ifItCanGoOn } from "./continuity.ts";
import type { Finding } from "./finding.ts";
import { type LinkView, linkFinding } from "./link-view.ts";

/** Is there a link at all, to the right server, that knows where it stands? The first that fits ends the search. */
export const linkConfigured = (view: LinkView): readonly Finding[] => {
  const { status } = view;
  if (!status) return [notConfigured(view)];
  if (readsItself(view)) return [itself(view)];
  if (readsAnother(view)) return [another(view)];
  const stopped = status.io.state === "stopped" && status.sql.state === "stopped";
  const faultless = !status.io.fault && !status.sql.fault;
  return stopped && faultless && !status.autoPosition && status.executed.file === "" ? [positionLost(view)] : [];
};

const notConfigured = (view: LinkView): Finding =>
  linkFinding(view, {
    code: "not-configured",
    what: "replication is not configured",
    evidence: "the status of the replica has no row",
    ...ifItCanGoOn(view, {
      remedy: "repoint",
      advice: "by its GTID set the replica is a copy that lags: it is pointed at its source and fetches what it lacks",
    }),
  });

/** The source's id is known from the last connection, and is never the replica's own where the link is right. */
const readsItself = ({ status, replica, source }: LinkView): boolean => {
  const own = Number(replica.variables.server_id);
  return status?.sourceServerId === own && source !== undefined && Number(source.variables.server_id) !== own;
};

const itself = (view: LinkView): Finding =>
  linkFinding(view, {
    code: "reads-itself",
    what: "the replica reads from itself",
    evidence: sourceText(view),
    // Its coordinates are those of another log: only GTID tells where it stands in the right one.
    ...(view.status?.autoPosition
      ? ifItCanGoOn(view, {
          remedy: "repoint",
          advice: "it is pointed at the right server and goes on by its GTID set",
        })
      : {
          remedy: "reinitialise",
          advice: "its position is one in its own log; where it stands in the source's log is not known",
        }),
  });

const readsAnother = ({ status, source }: LinkView): boolean => {
  const uuid = source?.variables.server_uuid;
  return (
    status?.io.state === "running" &&
    status.sourceUuid !== undefined &&
    uuid !== undefined &&
    status.sourceUuid !== uuid
  );
};

const another = (view: LinkView): Finding =>
  linkFinding(view, {
    code: "wrong-source",
    what: "the replica reads from a third server",
    evidence: sourceText(view),
    remedy: "none",
    advice: `a server outside the pair feeds it: find out why; to take it back, stop it there (STOP REPLICA, RESET REPLICA ALL), then run npx pulumi refresh`,
  });

const sourceText = ({ status, address }: LinkView): string =>
  `source ${status?.sourceHost}:${status?.sourcePort}, server_id ${status?.sourceServerId}, server_uuid ${status?.sourceUuid ?? "unknown"}; configured ${address.host}:${address.port}`;

const positionLost = (view: LinkView): Finding =>
  linkFinding(view, {
    code: "position-lost",
    what: "both threads are stopped and the replica no longer knows where it stood",
    evidence: `receiver and applier say No, no error; no log file of the source is named`,
    remedy: "reinitialise",
    advice: cannotGoOn(view) ?? "there is no position to go on from",
  });
