import mysql from "mysql2/promise";
import { LabError } from "./lab-error.ts";
import { secret } from "./passwords.ts";
import { type LabRecord, type Side, socketOf } from "./record.ts";

/** One connection to a server of the lab, through its socket. Values are escaped by the client. */
export interface Sql {
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface SqlOptions {
  /** Absent: root. */
  readonly user?: string;
  readonly password?: string;
  /** Many statements in one text. Not for triggers and events: their bodies would keep the semicolon. */
  readonly multipleStatements?: boolean;
}

export async function withSql<T>(
  record: LabRecord,
  side: Side,
  work: (sql: Sql) => Promise<T>,
  options: SqlOptions = {},
): Promise<T> {
  const connection = await connect(record, side, options);
  connection.on("error", () => {}); // a server killed on purpose; the running query reports it
  try {
    return await work({
      query: async <Row>(text: string, values: readonly unknown[] = []) => {
        const [rows] = await connection.query({ sql: text, values: [...values], timeout: 60_000 });
        return (Array.isArray(rows) ? rows : []) as Row[];
      },
    });
  } finally {
    connection.destroy();
  }
}

async function connect(record: LabRecord, side: Side, options: SqlOptions) {
  try {
    return await mysql.createConnection({
      socketPath: socketOf(record, side),
      user: options.user ?? "root",
      password: options.password ?? secret(record, `root-${side}`),
      multipleStatements: options.multipleStatements ?? false,
      charset: "utf8mb4",
      supportBigNumbers: true,
      dateStrings: true,
      connectTimeout: 10_000,
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ECONNREFUSED") throw error;
    throw new LabError(`mysqld of the ${side} is down. "npm run lab -- up --name ${record.name}" starts it.`, {
      cause: error,
    });
  }
}

/** Number of a MySQL error, if it is one. */
export const errnoOf = (error: unknown): number | undefined => (error as { errno?: number }).errno;
