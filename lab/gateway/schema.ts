import { readFileSync } from "node:fs";

export interface SchemaSize {
  /** Audits from before the lab, each with message, detail and parameter; so that copies take a moment. */
  readonly audits: number;
}

const part = (name: string): string => readFileSync(new URL(`schema/${name}.sql`, import.meta.url), "utf8");

/**
 * Both schemas of the application and their first rows, as one script for one connection: each statement ends with its
 * line, a function at its END. To be sent one by one: sent at once, triggers and events keep the semicolon in their text.
 * For an empty server, as root; functions are made only where log_bin_trust_function_creators is on.
 * Shaped after the product's tables: binary keys, children that cascade, one MyISAM table, tables without a key.
 */
export function applicationSchema({ audits }: SchemaSize = { audits: 2000 }): string {
  if (!Number.isSafeInteger(audits) || audits < 0) throw new RangeError(`${audits} is no number of audits`);
  return [
    `SET @audits = ${audits};`,
    "CREATE DATABASE otk_db CHARACTER SET utf8mb4;\nUSE otk_db;",
    part("otk"),
    "CREATE DATABASE ssg CHARACTER SET utf8mb4;\nUSE ssg;",
    ...["configuration", "audits", "traffic", "routines", "seed"].map(part),
  ].join("\n");
}
