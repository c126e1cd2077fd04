import { existsSync, readFileSync } from "node:fs";

/** One audit that a gateway wrote. */
export interface LedgerEntry {
  /** HEX(audit_main.goid): 32 upper-case digits. */
  readonly id: string;
  /** host:port of the database that acknowledged the commit, or was asked for it. */
  readonly database: string;
  readonly epochMs: number;
}

/** The commit was sent and never answered: such a row may be there or not. */
export const unknownLedger = (ledgerFile: string): string => `${ledgerFile}.unknown`;

/** All ids that a node has. */
export const ledgerIdsQuery = "SELECT HEX(goid) AS id FROM ssg.audit_main";

export const ledgerLine = ({ id, database, epochMs }: LedgerEntry): string => `${id} ${database} ${epochMs}\n`;

/** Entries of all files together; a file that no gateway has begun is empty. A last line that was cut off is left out. */
export function readLedger(files: readonly string[]): LedgerEntry[] {
  return files.filter(existsSync).flatMap((file) => parseLedger(readFileSync(file, "utf8")));
}

export function parseLedger(text: string): LedgerEntry[] {
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  return whole
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [id = "", database = "", epochMs = ""] = line.split(" ");
      return { id, database, epochMs: Number(epochMs) };
    });
}

/**
 * Ids that were acknowledged as committed and that a node does not have. The ledger is read before the node is asked,
 * so a commit in between is no false alarm; a node that still has to catch up with the other one is.
 * `fetchIds` gives the answer to `ledgerIdsQuery`.
 */
export async function missingIds(
  fetchIds: () => Promise<Iterable<string>>,
  ledgerFiles: readonly string[],
): Promise<string[]> {
  const committed = readLedger(ledgerFiles);
  const there = new Set(Array.from(await fetchIds(), (id) => id.toUpperCase()));
  return committed.map(({ id }) => id).filter((id) => !there.has(id));
}
