/** One write of a gateway that a database acknowledged, as its log has it. */
export interface LoggedWrite {
  readonly epochMs: number;
  /** host:port */
  readonly database: string;
  /** "audit <id>", or names of tables. */
  readonly what: string;
}

/** Every acknowledged write in a gateway's log, in order: where it wrote, and when. */
export function parseWrites(log: string): LoggedWrite[] {
  const pattern = /^(\S+)\+0000 INFO +\d+ com\.l7tech\.server\.hibernate: Committed on (\S+): (.*)$/gm;
  return Array.from(log.matchAll(pattern), ([, time, database = "", what = ""]) => ({
    epochMs: Date.parse(`${time}Z`),
    database,
    what,
  }));
}
