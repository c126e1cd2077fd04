import { SafetyError } from "../errors.ts";
import type { Row } from "../mysql/dialect.ts";
import type { Session } from "../node/node.ts";
import type { Side } from "../pair.ts";
import { compose, tableName } from "./fragment.ts";
import type { MatchedTable } from "./match-tables.ts";
import { type KeyValues, matchKeys, readKey, selectKey } from "./row-key.ts";
import { quoteName, readLiterals, selectLiterals } from "./row-literal.ts";
import type { SavedFile } from "./saved-file.ts";
import { streamDifferences } from "./table-rows.ts";
import type { Column } from "./table-shape.ts";
import type { Sessions } from "./view.ts";

export interface SavedTable {
  /** "schema.table" */
  readonly table: string;
  /** Rows that only the recipient has (INSERT). */
  readonly onlyOnRecipient: number;
  /** Rows that the donor has otherwise (REPLACE). */
  readonly changed: number;
}

const rowsAtOnce = 200;

/** What saving one table works with. */
export interface TableWork {
  readonly sessions: Sessions;
  readonly reader: Session;
  readonly file: SavedFile;
  /** The recipient's. */
  readonly side: Side;
  readonly table: MatchedTable;
  readonly timeoutMs: number;
}

/** Writes the recipient's own rows of one table as INSERT, those that the donor has otherwise as REPLACE. */
export const saveTable = async (work: TableWork, columns: readonly Column[]): Promise<SavedTable> => {
  const { table, side, file } = work;
  if (table.missingOn) await file.append(await createStatement(work));
  const waiting: Record<"INSERT" | "REPLACE", KeyValues[]> = { INSERT: [], REPLACE: [] };
  const counts = { INSERT: 0, REPLACE: 0 };
  const flush = async (verb: "INSERT" | "REPLACE"): Promise<void> => {
    counts[verb] += await saveBatch(work, columns, verb, waiting[verb]);
    waiting[verb] = [];
  };
  for await (const difference of streamDifferences(work.sessions, table, work.timeoutMs)) {
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
