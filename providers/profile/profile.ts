import type { Pair } from "../pair.ts";

/** What a table's rows are worth when the recipient has rows that the donor lacks. */
export type TableClass =
  /** Made by people: policies, keys, accounts. Never discarded where the profile says so. */
  | "irreplaceable"
  /** Audits: saved before they go. */
  | "evidence"
  /** Reports. */
  | "metrics"
  /** Heartbeats: written anew by themselves. */
  | "rebuilt"
  /** Replay window, quotas, lockouts: losing them resets a counter. No loss, but said. */
  | "session"
  /** Not known to the profile. */
  | "other";

/** All that is particular to an application. Plain data. */
export interface Profile {
  readonly name: Pair["profile"];
  /** By schema, then by table; a trailing * stands for any ending. */
  readonly tableClasses: Readonly<Record<string, Readonly<Record<string, TableClass>>>>;
  /** Class of every table that is not listed. */
  readonly unlistedClass: TableClass;
  /** Rows of these classes are never discarded, whatever the policy says. */
  readonly neverDiscarded: readonly TableClass[];
  /** The application is stopped for a reinitialisation; false: nobody stops it, and the nodes refuse its writes. */
  readonly stopsServices: boolean;
}

/** Schema of our own tokens, outside every application: dropped at the end of a run, replicated, never compared, never cloned. */
export const ownSchema = "replication_pair";
/** Not the application's: of the server, and ours. */
export const systemSchemas: readonly string[] = ["information_schema", "mysql", "performance_schema", "sys", ownSchema];

/** Whether a schema holds the user's data; the others are the server's and ours. */
export const isUserSchema = (schema: string): boolean => !systemSchemas.includes(schema.toLowerCase());

export const tableClass = (profile: Profile, schema: string, table: string): TableClass => {
  const listed = Object.entries(profile.tableClasses[schema] ?? {});
  const match = listed.find(([name]) => name === table) ?? listed.find(([name]) => matchesPrefix(name, table));
  return match?.[1] ?? profile.unlistedClass;
};

const matchesPrefix = (pattern: string, table: string): boolean =>
  pattern.endsWith("*") && table.startsWith(pattern.slice(0, -1));

/** Whether something is lost with rows that only the recipient has. The gateways delete what has expired of the others. */
export const isLoss = (profile: Profile, schema: string, table: string): boolean =>
  !["rebuilt", "session"].includes(tableClass(profile, schema, table));

/** Whether rows that only the recipient has may be let go (after they were saved) when policy allows it. */
export const mayDiscard = (profile: Profile, schema: string, table: string): boolean =>
  !profile.neverDiscarded.includes(tableClass(profile, schema, table));
