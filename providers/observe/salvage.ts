import { SafetyError } from "../errors.ts";
import type { Node, Session } from "../node/node.ts";
import type { Side } from "../pair.ts";
import { type Nodes, onBothSides } from "./both-sides.ts";
import { type MatchedTable, matchTables, type Shapes } from "./match-tables.ts";
import type { TableDifference } from "./observation.ts";
import { openReadingSession } from "./reading-session.ts";
import { createSavedFile, firstFree, type SavedFile, type WrittenFile } from "./saved-file.ts";
import { type SavedTable, saveTable } from "./saved-table.ts";
import { type Column, readShapes } from "./table-shape.ts";
import { openView } from "./view.ts";

export interface SaveOptions {
  readonly runId: string;
  /** As compareContents found them; what is saved must be as many. */
  readonly differences: readonly TableDifference[];
  /** One table. Default 6 h. */
  readonly tableTimeoutMs?: number | undefined;
}

export interface SavedRows extends WrittenFile {
  /** In the backup folder of donor and recipient; beside it the manifest, "<file>.json". */
  readonly file: string;
  readonly rows: number;
  readonly tables: readonly SavedTable[];
}

/**
 * Writes the recipient's rows that the donor lacks or has otherwise to a file of SQL statements, one a line, on both
 * nodes, and proves number and hash. Nobody may write meanwhile. The rows pass through the runner, a few at a time: they
 * are few by nature, and rendering them on the server needs no client program and no key in a command line (as
 * mysqldump --where would). Throws SafetyError when it cannot save every row; then nothing is left behind.
 */
export const saveRows = async (donor: Node, recipient: Node, options: SaveOptions): Promise<SavedRows> => {
  const stem = `rows-of-${recipient.host.side}-${options.runId}`;
  const name = `${stem}-${await firstFree([donor, recipient], stem)}.sql`;
  const file = await createSavedFile([donor, recipient], name);
  try {
    await file.append(heading(donor, recipient, name, options.runId));
    const tables = await saveTables(donor, recipient, file, options);
    const written = await file.finish();
    const rows = tables.reduce((sum, table) => sum + table.onlyOnRecipient + table.changed, 0);
    const saved = { file: name, ...written, rows, tables };
    await writeManifest([donor, recipient], saved, options.runId);
    return saved;
  } catch (error) {
    // The first error is the one to tell.
    await file.discard().catch(() => {});
    throw error;
  }
};

const heading = (donor: Node, recipient: Node, name: string, runId: string): string =>
  [
    `-- Rows of ${oneLine(recipient.host.name)} that ${oneLine(donor.host.name)} lacks or has otherwise. Run ${runId}.`,
    "-- INSERT: only this node had the row. REPLACE: the other node has another row under the same key.",
    `-- To bring back only rows that are missing: grep -v '^REPLACE ' ${name} | mysql`,
    "SET NAMES utf8mb4; SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO', time_zone = '+00:00', foreign_key_checks = 0;",
    "",
  ].join("\n");

const oneLine = (text: string): string => text.replace(/\s/g, " ");

const saveTables = async (
  donor: Node,
  recipient: Node,
  file: SavedFile,
  options: SaveOptions,
): Promise<SavedTable[]> => {
  const side = recipient.host.side;
  const nodes: Nodes =
    side === "primary" ? { primary: recipient, secondary: donor } : { primary: donor, secondary: recipient };
  const view = await openView(nodes, donor.host.side);
  let reader: Session | undefined;
  try {
    reader = await openReadingSession(recipient);
    const sessions = view.sessions();
    const shapes = await onBothSides((one) => readShapes(sessions[one]));
    const names = options.differences.map(({ schema, table }) => `${schema}.${table}`);
    const saved: SavedTable[] = [];
    for (const table of matchTables(shapes, { tables: names })) {
      if (table.missingOn === side) continue;
      const work = { ...{ sessions, reader, file, side, table }, timeoutMs: options.tableTimeoutMs ?? 6 * 3_600_000 };
      saved.push(await saveTable(work, storedColumns(shapes, side, table)));
    }
    checkCounts(saved, options.differences, recipient);
    return saved;
  } finally {
    await Promise.allSettled([reader?.close(), view.close()]);
  }
};

/** Of the recipient's own table, also those that the donor's lacks. */
const storedColumns = (shapes: Shapes, side: Side, { name }: MatchedTable): readonly Column[] =>
  (shapes[side].get(name)?.columns ?? []).filter(({ generated }) => !generated);

const checkCounts = (saved: readonly SavedTable[], differences: readonly TableDifference[], recipient: Node): void => {
  const { side, name } = recipient.host;
  for (const { schema, table, onlyOn, changed } of differences) {
    const found = saved.find((one) => one.table === `${schema}.${table}`) ?? { onlyOnRecipient: 0, changed: 0 };
    if (found.onlyOnRecipient === onlyOn[side].count && found.changed === changed.count) continue;
    throw new SafetyError(
      `${schema}.${table}: ${onlyOn[side].count} rows only on ${name} and ${changed.count} changed ones were counted, ${found.onlyOnRecipient} and ${found.changed} could be saved: somebody still writes`,
      { node: name, next: "find out who writes to this server, then run it again" },
    );
  }
};

const writeManifest = async (nodes: readonly Node[], saved: SavedRows, runId: string): Promise<void> => {
  const manifest = await createSavedFile(nodes, `${saved.file}.json`);
  await manifest.append(`${JSON.stringify({ runId, ...saved }, null, 2)}\n`);
  await manifest.finish();
};
