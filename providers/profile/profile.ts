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
  /** Replay window, quotas, lockouts: losing them resets a counter. */
  | "session"
  /** Not known to the profile. */
  | "other";

export interface ServiceDefaults {
  readonly ports: readonly number[];
  /** Start of the command lines of the service's processes (pgrep -f). */
  readonly processPattern: string;
  readonly start: readonly string[];
  readonly stop: readonly string[];
  readonly status: readonly string[];
  readonly propertiesFile: string;
  readonly pingPath: string;
  /** Units: milliseconds. */
  readonly startTimeoutMs: number;
  readonly stopTimeoutMs: number;
}

/** A row that the application itself keeps moving: read on both sides it tells lag and writer, and costs nothing. */
export interface FreeProbe {
  readonly schema: string;
  readonly table: string;
  /** Grows by one each `intervalSeconds` while the application runs. */
  readonly sequenceColumn: string;
  /** Milliseconds since the epoch, by the writer's clock. */
  readonly updatedColumn: string;
  /** Who wrote it. */
  readonly writerColumn: string;
  readonly intervalSeconds: number;
}

/** What must be true before nobody writes. */
export interface Quiet {
  /** No process of the service and no listening port of it, on every gateway host. */
  readonly servicesStopped: boolean;
  /** Whose sessions must be gone from both servers. */
  readonly sessions: "application-accounts" | "everybody-else";
  readonly readOnly: boolean;
}

/** All that is particular to an application. Plain data. */
export interface Profile {
  readonly name: Pair["profile"];
  readonly title: string;
  readonly applicationAccounts: readonly string[];
  /** By schema, then by table; a trailing * stands for any ending. */
  readonly tableClasses: Readonly<Record<string, Readonly<Record<string, TableClass>>>>;
  /** Class of every table that is not listed. */
  readonly unlistedClass: TableClass;
  /** Rows of these classes are never discarded, whatever the policy says. */
  readonly neverDiscarded: readonly TableClass[];
  readonly service?: ServiceDefaults | undefined;
  readonly freeProbe?: FreeProbe | undefined;
  readonly quiet: Quiet;
}

/** Schema of our own tokens; never compared, never cloned. */
export const ownSchema = "replication_pair";
const systemSchemas: readonly string[] = ["information_schema", "mysql", "performance_schema", "sys", ownSchema];

/** Whether a schema holds the user's data; the others are the server's and ours. */
export const isUserSchema = (schema: string): boolean => !systemSchemas.includes(schema.toLowerCase());

export const tableClass = (profile: Profile, schema: string, table: string): TableClass => {
  const listed = Object.entries(profile.tableClasses[schema] ?? {});
  const match = listed.find(([name]) => name === table) ?? listed.find(([name]) => matchesPrefix(name, table));
  return match?.[1] ?? profile.unlistedClass;
};

const matchesPrefix = (pattern: string, table: string): boolean =>
  pattern.endsWith("*") && table.startsWith(pattern.slice(0, -1));

/** Whether rows that only the recipient has may be let go (after they were saved) when policy allows it. */
export const mayDiscard = (profile: Profile, schema: string, table: string): boolean =>
  !profile.neverDiscarded.includes(tableClass(profile, schema, table));
