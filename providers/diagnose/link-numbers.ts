import { aheadDomains, parseDomainPositions } from "../mysql/domain-position.ts";
import { countGtid, formatGtidSet, ofServer, subtractGtid } from "../mysql/gtid-set.ts";
import { executedSet, usesGtid } from "./continuity.ts";
import type { Finding } from "./finding.ts";
import { type LinkView, linkFinding } from "./link-view.ts";

/**
 * What transaction numbers tell although both threads run. Only of the link whose replica is the recipient: it is asked
 * first, so whatever it has of its source the source must have too. The other way round a busy pair looks wrong.
 */
export const linkNumbers = (view: LinkView): readonly Finding[] => {
  if (!view.source || !view.replicaIsRecipient) return [];
  const lost = view.replica.family === "mariadb" ? aheadOnMariadb(view) : aheadOnMysql(view);
  if (lost === undefined) return [];
  return [
    linkFinding(view, {
      code: "source-was-reset",
      what: "the replica has transactions of its source that the source itself lacks: it was reset, or lost the end of its log in a crash",
      evidence: lost,
      remedy: "reinitialise",
      advice:
        "the source's numbers do not go on where the replica stands: new rows may be passed over without any error",
    }),
  ];
};

const aheadOnMysql = ({ replica, source }: LinkView): string | undefined => {
  if (!source || !usesGtid(replica) || !usesGtid(source)) return undefined;
  const own = ofServer(executedSet(replica), source.variables.server_uuid ?? "");
  const ahead = subtractGtid(own, executedSet(source));
  return ahead.size === 0 ? undefined : `${countGtid(ahead)} transactions: ${formatGtidSet(ahead)}`;
};

/** gtid_slave_pos survives a reset of the source: rows are then dropped silently until its numbers have caught up. */
const aheadOnMariadb = ({ replica, source, status }: LinkView): string | undefined => {
  const applied = status?.executedGtid ?? replica.variables.gtid_slave_pos;
  const written = source?.variables.gtid_binlog_pos;
  if (!status?.autoPosition || applied === undefined || written === undefined) return undefined;
  // Only what the source wrote itself: the replica's own domain is for the other link to tell.
  const sourceId = Number(source?.variables.server_id);
  const fromSource = [...parseDomainPositions(applied)].filter(([, { serverId }]) => serverId === sourceId);
  const domains = aheadDomains(new Map(fromSource), parseDomainPositions(written));
  return domains.length === 0 ? undefined : `domain ${domains.join(", ")}: replica ${applied}, source ${written}`;
};

/** Transactions that the recipient alone has, by number. Rows prove it, numbers do not: a note. */
export const errantTransactions = (view: LinkView): readonly Finding[] => {
  const { replica, source } = view;
  if (!source || !view.replicaIsRecipient || !usesGtid(replica) || !usesGtid(source)) return [];
  const known = new Set([replica.variables.server_uuid, source.variables.server_uuid]);
  const only = subtractGtid(executedSet(replica), executedSet(source));
  const errant = new Map(
    [...only].filter(([name]) => name.split(":")[0] !== source.variables.server_uuid?.toLowerCase()),
  );
  if (errant.size === 0) return [];
  const foreign = [...errant.keys()].filter((name) => !known.has(name.split(":")[0]));
  return [
    {
      ...{ code: "errant-transactions", subject: "pair", severity: "note", remedy: "none" },
      sentence: `the recipient has ${countGtid(errant)} transactions that the donor has not (yet)`,
      evidence: `${formatGtidSet(errant)}${foreign.length > 0 ? `; of servers outside the pair: ${foreign.join(", ")}` : ""}`,
      advice: "they may be on their way; the comparison of contents tells whether rows are behind them",
    } satisfies Finding,
  ];
};
