/** Where a MariaDB server stands in one replication domain: who wrote the last transaction, and its number. */
export interface DomainPosition {
  readonly serverId: number;
  readonly sequence: number;
}

/**
 * "1-1-11,2-2-2" (domain-server-sequence) as in gtid_binlog_pos and gtid_slave_pos, by domain. gtid_binlog_state may
 * name a domain once for each server: the highest number counts. Throws SyntaxError on anything else.
 */
export const parseDomainPositions = (text: string): ReadonlyMap<number, DomainPosition> => {
  const found = new Map<number, DomainPosition>();
  for (const part of text
    .split(",")
    .map((piece) => piece.trim())
    .filter(Boolean)) {
    const match = /^(\d+)-(\d+)-(\d+)$/.exec(part);
    if (!match) throw new SyntaxError(`"${part}" is not a MariaDB GTID`);
    const [domain, serverId, sequence] = [Number(match[1]), Number(match[2]), Number(match[3])];
    if ((found.get(domain)?.sequence ?? -1) < sequence) found.set(domain, { serverId, sequence });
  }
  return found;
};

/** Domains in which `ours` has a higher number than `theirs`, where `theirs` knows the domain at all. */
export const aheadDomains = (
  ours: ReadonlyMap<number, DomainPosition>,
  theirs: ReadonlyMap<number, DomainPosition>,
): readonly number[] =>
  [...ours]
    .filter(([domain, { sequence }]) => sequence > (theirs.get(domain)?.sequence ?? sequence))
    .map(([domain]) => domain);
