import { SafetyError } from "../errors.ts";
import type { Row } from "../mysql/dialect.ts";
import type { Node, Session } from "../node/node.ts";
import type { Side } from "../pair.ts";
import { compose, tableName } from "./fragment.ts";
import { type MatchedTable, matchTables, type Shapes } from "./match-tables.ts";
import type { TableDifference } from "./observation.ts";
import { type KeyValues, matchKeys, readKey, selectKey } from "./row-key.ts";
import { quoteName, readLiterals, selectLiterals } from "./row-literal.ts";
import { createSavedFile, type SavedFile, type WrittenFile } from "./saved-file.ts";
import { openReadingSession } from "./snapshot.ts";
import { closeSnapshots, type Nodes, onBothSides, openSnapshots, type Snapshots } from "./snapshots.ts";
import { streamDifferences } from "./table-rows.ts";
import { type Column, readShapes } from "./table-shape.ts";

export interface SaveOptions {
  readonly runId: string;
  /** As compareContents found them; what is saved must be as many. */
  readonly differences: readonly TableDifference[];
  /** One table. Default 30 min. */
  readonly tableTimeoutMs?: number | undefined;
}

export interface SavedTable {
  /** "schema.table" */
  readonly table: string;
  /** Rows that only the recipient has (INSERT). */
  readonly onlyOnRecipient: number;
  /** Rows that the donor has otherwise (REPLACE). */
  readonly changed: number;
}

export interface SavedRows extends WrittenFile {
  /** In the backup folder of donor and recipient; beside it the manifest, "<file>.json". */
  readonly file: string;
  readonly rows: number;
  readonly tables: readonly SavedTable[];
}

const rowsAtOnce = 200;

/**
 * Writes the recipient's rows that the donor lacks or has otherwise to a file of SQL statements, one a line, on both
 * nodes, and proves number and hash. Nobody may write meanwhile. The rows pass through the runner, a few at a time: they
 * are few by nature, and rendering them on the server needs no client program and no key in a command line (as
 * mysqldump --where would). Throws SafetyError when it cannot save every row; then nothing is left behind.
 */
export const saveRows = async (donor: Node, recipient: Node, options: SaveOptions): Promise<SavedRows> => {
  const name = `rows-of-${recipient.host.side}-${options.runId}.sql`;
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
  const snapshots = await openSnapshots(nodes, donor.host.side);
  const reader = await openReadingSession(recipient);
  try {
    const shapes = await onBothSides((one) => readShapes(snapshots[one]));
    const names = options.differences.map(({ schema, table }) => `${schema}.${table}`);
    const saved: SavedTable[] = [];
    for (const table of matchTables(shapes, { tables: names })) {
      if (table.missingOn === side) continue;
      const work = { ...{ snapshots, reader, file, side, table }, timeoutMs: options.tableTimeoutMs ?? 1_800_000 };
      saved.push(await saveTable(work, storedColumns(shapes, side, table)));
    }
    checkCounts(saved, options.differences, recipient);
    return saved;
  } finally {
    await Promise.allSettled([reader.close(), closeSnapshots(snapshots)]);
  }
};

/** Of the recipient's own table, also those that the donor's lacks. */
const storedColumns = (shapes: Shapes, side: Side, { name }: MatchedTable): readonly Column[] =>
  (shapes[side].get(name)?.columns ?? []).filter(({ generated }) => !generated);

interface TableWork {
  readonly snapshots: Snapshots;
  readonly reader: Session;
  readonly file: SavedFile;
  /** The recipient's. */
  readonly side: Side;
  readonly table: MatchedTable;
  readonly timeoutMs: number;
}

const saveTable = async (work: TableWork, columns: readonly Column[]): Promise<SavedTable> => {
  const { table, side, file } = work;
  if (table.missingOn) await file.append(await createStatement(work));
  const waiting: Record<"INSERT" | "REPLACE", KeyValues[]> = { INSERT: [], REPLACE: [] };
  const counts = { INSERT: 0, REPLACE: 0 };
  const flush = async (verb: "INSERT" | "REPLACE"): Promise<void> => {
    counts[verb] += await saveBatch(work, columns, verb, waiting[verb]);
    waiting[verb] = [];
  };
  for await (const difference of streamDifferences(work.snapshots, table, work.timeoutMs)) {
    if (difference.kind === "only" && difference.on !== side) continue;
    const verb = difference.kind === "only" ? "INSERT" : "REPLACE";
    waiting[verb].push(difference.kind === "only" ? difference.row.key : difference[side].key);
    if (waiting[verb].length >= rowsAtOnce) await flush(verb);
  }
  await flush("INSERT");
  await flush("REPLACE");
  return { table: table.name, onlyOnRecipient: counts.INSERT, changed: counts.REPLACE };
};

const createStatement = async ({ reader, table, timeoutMs }: TableWork): Promise<string> => {
  const [row] = await reader.query<Row>(compose`SHOW CREATE TABLE ${tableName(table.schema, table.table)}`, timeoutMs);
  const schema = quoteName(table.schema);
  return `CREATE DATABASE IF NOT EXISTS ${schema}; USE ${schema};\n${String(row?.["Create Table"])};\n`;
};

/** Returns how many were written. A key may stand several times in a table without a key: the rows are then alike. */
const saveBatch = async (
  work: TableWork,
  columns: readonly Column[],
  verb: "INSERT" | "REPLACE",
  keys: readonly KeyValues[],
): Promise<number> => {
  if (keys.length === 0) return 0;
  const { table, side, reader, file, timeoutMs } = work;
  const { key } = table[side];
  const wanted = new Map<string, number>();
  for (const values of keys) wanted.set(JSON.stringify(values), (wanted.get(JSON.stringify(values)) ?? 0) + 1);
  const target = `${quoteName(table.schema)}.${quoteName(table.table)} (${columns.map(({ name }) => quoteName(name)).join(", ")})`;
  const statement = compose`SELECT ${selectKey(key)}, ${selectLiterals(columns)} FROM ${tableName(table.schema, table.table)} WHERE ${matchKeys(key, keys)}`;
  let written = 0;
  for await (const row of reader.stream<Row>(statement, timeoutMs)) {
    const found = JSON.stringify(readKey(key, row));
    const times = wanted.get(found) ?? 0;
    wanted.delete(found);
    if (times === 0) continue;
    const literals = readLiterals(columns, row);
    if (!literals) throw tooLong(table);
    await file.append(`${verb} INTO ${target} VALUES (${literals.join(", ")});\n`.repeat(times));
    written += times;
  }
  return written;
};

const tooLong = ({ name }: MatchedTable): SafetyError =>
  new SafetyError(`a row of ${name} is too long for the server to render as text (max_allowed_packet)`, {
    next: "save the rows of this table by hand, or raise max_allowed_packet, then run it again",
  });

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
