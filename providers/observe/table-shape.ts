import { sql } from "../mysql/statement.ts";
import type { Session } from "../node/node.ts";
import { isUserSchema } from "../profile/profile.ts";

const CATALOGUE_MS = 60_000;

export interface Column {
  readonly name: string;
  /** Lower case, such as "varchar". */
  readonly dataType: string;
  readonly nullable: boolean;
  readonly generated: boolean;
  /** Type, nullability, character set and collation in one text; equal texts, equal columns. */
  readonly definition: string;
}

/** A base table: its columns in order, and what identifies a row. */
export interface TableShape {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly Column[];
  /** Primary key, else a unique key without NULL; empty: none. */
  readonly key: readonly string[];
  /** The server's estimate. */
  readonly rowsEstimate: number;
  readonly engine: string;
}

interface ColumnRow {
  readonly s: string;
  readonly t: string;
  readonly c: string;
  readonly dataType: string;
  readonly columnType: string;
  readonly nullable: string;
  readonly charset: string | null;
  readonly collation: string | null;
  readonly extra: string | null;
}

interface KeyRow {
  readonly s: string;
  readonly t: string;
  readonly i: string;
  /** NULL for an expression. */
  readonly c: string | null;
  readonly part: number | string | null;
}

interface TableRow {
  readonly s: string;
  readonly t: string;
  readonly engine: string | null;
  readonly estimate: number | string | null;
}

/** All base tables of user schemas, by "schema.table". */
export const readShapes = async (session: Pick<Session, "query">): Promise<ReadonlyMap<string, TableShape>> => {
  const tables = await session.query<TableRow>(
    sql`SELECT TABLE_SCHEMA AS s, TABLE_NAME AS t, ENGINE AS engine, TABLE_ROWS AS estimate FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE'`,
    CATALOGUE_MS,
  );
  const columns = await session.query<ColumnRow>(
    sql`SELECT TABLE_SCHEMA AS s, TABLE_NAME AS t, COLUMN_NAME AS c, DATA_TYPE AS dataType, COLUMN_TYPE AS columnType, IS_NULLABLE AS nullable, CHARACTER_SET_NAME AS charset, COLLATION_NAME AS collation, EXTRA AS extra FROM information_schema.COLUMNS ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION`,
    CATALOGUE_MS,
  );
  const keys = await session.query<KeyRow>(
    sql`SELECT TABLE_SCHEMA AS s, TABLE_NAME AS t, INDEX_NAME AS i, COLUMN_NAME AS c, SUB_PART AS part FROM information_schema.STATISTICS WHERE NON_UNIQUE = 0 ORDER BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`,
    CATALOGUE_MS,
  );
  return shapesFrom(tables, columns, keys);
};

export const shapesFrom = (
  tables: readonly TableRow[],
  columnRows: readonly ColumnRow[],
  keyRows: readonly KeyRow[],
): ReadonlyMap<string, TableShape> => {
  const columnsOf = groupBy(columnRows, nameOf);
  const keysOf = groupBy(keyRows, nameOf);
  const shapes = tables
    .filter(({ s }) => isUserSchema(s))
    .map((row): [string, TableShape] => {
      const columns = (columnsOf.get(nameOf(row)) ?? []).map(columnFrom);
      const key = rowKey(columns, keysOf.get(nameOf(row)) ?? []);
      const rest = { columns, key, rowsEstimate: Number(row.estimate ?? 0), engine: row.engine ?? "" };
      return [nameOf(row), { schema: row.s, table: row.t, ...rest }];
    });
  return new Map(shapes.sort(([a], [b]) => (a < b ? -1 : 1)));
};

const nameOf = ({ s, t }: { readonly s: string; readonly t: string }): string => `${s}.${t}`;

const columnFrom = (row: ColumnRow): Column => {
  const nullable = row.nullable === "YES";
  // "DEFAULT_GENERATED" is only a default.
  const generated = /\b(VIRTUAL|STORED|PERSISTENT) GENERATED\b/.test(row.extra ?? "");
  const words = [row.columnType, row.charset, row.collation, nullable ? "NULL" : "NOT NULL", generated && "GENERATED"];
  return {
    ...{ name: row.c, dataType: row.dataType.toLowerCase(), nullable, generated },
    definition: words.filter(Boolean).join(" "),
  };
};

/** PRIMARY, else the first unique index whose parts are whole columns that cannot be NULL. */
const rowKey = (columns: readonly Column[], rows: readonly KeyRow[]): readonly string[] => {
  const indexes = [...groupBy(rows, ({ i }) => i)].sort(
    ([a], [b]) => Number(b === "PRIMARY") - Number(a === "PRIMARY"),
  );
  const whole = ({ c, part }: KeyRow): boolean =>
    c !== null && part === null && columns.some(({ name, nullable }) => name === c && !nullable);
  const found = indexes.find(([, parts]) => parts.every(whole));
  return found ? found[1].map(({ c }) => c as string) : [];
};

// Map.groupBy needs Node 21.
const groupBy = <T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
};
