import { countGtid, formatGtidSet, type GtidSet, ofServer, parseGtidSet, subtractGtid } from "../mysql/gtid-set.ts";
import { compareCoordinates, coordinatesText } from "../mysql/position.ts";
import type { NodeFacts } from "../observe/observation.ts";
import type { Cause } from "./cause.ts";
import type { LinkView } from "./link-view.ts";

export const usesGtid = (facts: NodeFacts): boolean => facts.variables.gtid_mode?.toUpperCase() === "ON";

export const executedSet = ({ log, variables }: NodeFacts): GtidSet =>
  parseGtidSet(log?.gtid ?? variables.gtid_executed ?? "");

/**
 * Why the replica cannot go on where its applier stands; undefined: nothing speaks against it. An advice for a mild
 * remedy: should the source lack the log after all, the next look says so and names the stronger remedy.
 */
export const cannotGoOn = (view: LinkView): string | undefined =>
  view.source && usesGtid(view.source) && usesGtid(view.replica)
    ? gtidGap(view.replica, view.source, view.status !== undefined)
    : positionGap(view);

const gtidGap = (replica: NodeFacts, source: NodeFacts, configured: boolean): string | undefined => {
  const [has, sent] = [executedSet(replica), executedSet(source)];
  const purged = subtractGtid(parseGtidSet(source.variables.gtid_purged ?? ""), has);
  if (purged.size > 0)
    return `the source purged ${countGtid(purged)} transactions that the replica lacks (${formatGtidSet(purged)})`;
  const uuid = source.variables.server_uuid ?? "";
  const ahead = subtractGtid(ofServer(has, uuid), sent);
  if (ahead.size > 0)
    return `the replica has ${countGtid(ahead)} transactions of its source that the source itself lacks (${formatGtidSet(ahead)})`;
  // Numbers of a server that was just emptied fit everything and prove nothing.
  const lacks = subtractGtid(sent, has);
  const shares = countGtid(lacks) < countGtid(sent);
  if (!configured && !shares)
    return "the two GTID sets have nothing in common, so they do not prove that the replica is a copy of its source";
  return undefined;
};

const positionGap = ({ status, source }: LinkView): string | undefined => {
  if (!status) return "without GTID only a position says where a replica stands, and there is none";
  if (status.autoPosition) return undefined;
  if (status.executed.file === "")
    return "the replica has no position in its source's log any more (RESET REPLICA, or a CHANGE that named another host, forgets it)";
  const distance = source?.log && compareCoordinates(status.executed, source.log);
  if (distance !== undefined && distance > 0 && source?.log)
    return `the source's log ends at ${coordinatesText(source.log)}, before ${coordinatesText(status.executed)} where the replica stands`;
  return undefined;
};

/** A milder remedy only where the replica can go on from where it stands. */
export const ifItCanGoOn = (
  view: LinkView,
  { remedy, advice }: Pick<Cause, "remedy" | "advice">,
): Pick<Cause, "remedy" | "advice"> => {
  const gap = remedy === "repoint" || remedy === "start-threads" ? cannotGoOn(view) : undefined;
  return gap === undefined ? { remedy, advice } : { remedy: "reinitialise", advice: gap };
};

/** The receiver's copy of the log and what it applied are the same place: nothing waits in the relay log. */
export const nothingWaits = ({ status }: LinkView): boolean =>
  status !== undefined && compareCoordinates(status.executed, status.received) === 0;
