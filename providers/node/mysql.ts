import type { Duplex } from "node:stream";
import { type Connection, type ConnectionOptions, createConnection } from "mysql2";
import { LimitError, UnreachableError } from "../errors.ts";
import type { Statement } from "../mysql/statement.ts";
import type { MysqlAccess } from "../pair.ts";
import { withLimit } from "./limit.ts";
import type { Session } from "./node.ts";
import { redact } from "./shell.ts";
import { loginError, secretValues, statementError } from "./sql-error.ts";
import { createTurns, type Turns } from "./turn.ts";

/** All that a session needs to know of a server. */
export interface MysqlDoor {
  readonly name: string;
  readonly access: MysqlAccess;
  readonly connectMs: number;
  /** The forward to the server; undefined: TCP from here. Asked for each session. */
  transport(): Promise<Duplex | undefined>;
  /** Asked for each login and kept nowhere. */
  credentials(): Promise<{ readonly user: string; readonly password: string }>;
  redact(text: string): string;
}

/** What our sessions mean must not hang on the server's defaults. */
const sessionSettings: Statement = {
  sql:
    "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', autocommit = 1, " +
    "foreign_key_checks = 1, unique_checks = 1, sql_safe_updates = 0, sql_big_selects = 1, sql_select_limit = DEFAULT, " +
    // A session of a runner that vanished, and a lock that nobody gives back, end by themselves.
    "wait_timeout = 900, net_read_timeout = 120, net_write_timeout = 600, lock_wait_timeout = 30, innodb_lock_wait_timeout = 30",
};

/**
 * Types are the same for every value of a column: BIGINT and DECIMAL always strings, smaller integers and floats numbers,
 * BINARY and BLOB Buffers, dates and times strings in UTC, JSON its text.
 */
const typeSettings: ConnectionOptions = {
  supportBigNumbers: true,
  bigNumberStrings: true,
  dateStrings: true,
  jsonStrings: true,
  stringifyObjects: true,
  timezone: "Z",
  charset: "UTF8MB4_GENERAL_CI",
  multipleStatements: false,
  flags: ["-LOCAL_FILES", "-CONNECT_ATTRS"],
};

const whereOf = (access: MysqlAccess): string =>
  access.through === "socket" ? `socket ${access.socketPath}` : `${access.host}:${access.port}`;

/**
 * How the password may travel where the server asks for it whole (caching_sha2_password with a cold cache): in clear over
 * the socket forward, which the server itself takes for secure and SSH encrypts; encrypted with the server's key over a
 * tunnel (no TLS inside SSH: it hangs); inside TLS where TCP goes from here, as `mysql` does by default.
 */
const transportOptions = (access: MysqlAccess, stream: Duplex | undefined, tls: boolean): ConnectionOptions => {
  if (access.through === "socket") return { socketPath: access.socketPath, stream };
  if (access.through === "tunnel") return { stream };
  return { host: access.host, port: access.port, ...(tls && { ssl: { rejectUnauthorized: false } }) };
};

/** Logs in: SqlError where the server refused, UnreachableError where none answered, within `connectMs` for each try. */
const logIn = async (door: MysqlDoor, tls = true): Promise<Connection> => {
  const { user, password } = await door.credentials();
  const hide = (text: string): string => redact(door.redact(text), [password]);
  const where = whereOf(door.access);
  const connection = createConnection({
    ...transportOptions(door.access, await door.transport(), tls),
    ...typeSettings,
    user,
    password,
    connectTimeout: door.connectMs,
  });
  connection.on("error", () => {});
  const ready = new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  try {
    await withLimit(ready, door.connectMs, () => new Error(`no answer within ${door.connectMs / 1000} s`));
    return connection;
  } catch (error) {
    connection.destroy();
    if (door.access.through === "direct" && tls && (error as { code?: string }).code === "HANDSHAKE_NO_SSL_SUPPORT")
      return logIn(door, false);
    throw loginError(door.name, user, where, error, hide);
  }
};

/** A session of ours, and of which server it is: "" of one that has no server_uuid (MariaDB). */
export type OwnSession = Session & { readonly serverUuid: string; lost(): boolean };

const askServerUuid: Statement = { sql: "SHOW GLOBAL VARIABLES LIKE 'server_uuid'" };
const uuidIn = (rows: readonly { readonly Value?: string }[]): string => rows[0]?.Value ?? "";

/** Opens a session whose settings are ours. */
export const openMysqlSession = async (door: MysqlDoor, timeoutMs: number): Promise<OwnSession> => {
  const connection = await logIn(door);
  const wire = wireOf(door, connection);
  const session = sessionOf(wire);
  try {
    await session.query(sessionSettings, timeoutMs);
    wire.serverUuid = uuidIn(await session.query(askServerUuid, timeoutMs));
    return { ...session, serverUuid: wire.serverUuid };
  } catch (error) {
    await session.close();
    throw error;
  }
};

/** After KILL QUERY the statement ends at once, or the server hangs (a full disk) and the session is given up. */
const afterKillMs = 5_000;
/** A loaded server takes its time for the login. */
const killMs = 10_000;

const excerpt = (statement: Statement): string => statement.sql.replace(/\s+/g, " ").trim().slice(0, 120);

const overdue = (name: string, statement: Statement, timeoutMs: number): LimitError =>
  new LimitError(`${name}: MySQL did not answer "${excerpt(statement)}" within ${timeoutMs / 1000} s`, { node: name });

/** A session's driver connection and what became of it. */
interface Wire {
  readonly door: MysqlDoor;
  readonly connection: Connection;
  readonly connectionId: number;
  readonly turns: Turns;
  serverUuid: string;
  lost: boolean;
}

const wireOf = (door: MysqlDoor, connection: Connection): Wire => ({
  ...{ door, connection, connectionId: connection.threadId ?? 0, turns: createTurns(), serverUuid: "", lost: false },
});

const sessionOf = (wire: Wire): Session & { lost(): boolean } => {
  const { connection } = wire;
  const markLost = (): void => {
    wire.lost = true;
  };
  connection.on("error", markLost);
  connection.on("end", markLost);
  return {
    connectionId: wire.connectionId,
    query: (statement, timeoutMs) => wire.turns.run(() => queryRows(wire, statement, timeoutMs)),
    stream: (statement, timeoutMs) => streamRows(wire, statement, timeoutMs),
    lost: () => wire.lost,
    async close() {
      if (wire.lost) return connection.destroy();
      wire.lost = true;
      const ended = new Promise<void>((resolve) => connection.end(() => resolve()));
      await withLimit(ended, 3_000, () => new Error("not ended")).catch(() => {});
      connection.destroy();
    },
  };
};

/** Ends a running statement from outside, through another session; when that does not help, the session. */
const interrupt = async (wire: Wire, ended: Promise<unknown>): Promise<void> => {
  if (wire.lost) return;
  try {
    await withLimit(killQuery(wire), killMs, () => new Error("not killed"));
    await withLimit(
      ended.catch(() => {}),
      afterKillMs,
      () => new Error("still running"),
    );
  } catch {
    wire.lost = true;
    wire.connection.destroy();
  }
};

const killQuery = async ({ door, connectionId, serverUuid }: Wire): Promise<void> => {
  const killer = await logIn(door);
  await new Promise<void>((resolve) =>
    killer.query(askServerUuid.sql, (error, rows) => {
      // Its address may have moved: on another server that number is somebody else.
      if (error || uuidIn(rows as { Value: string }[]) !== serverUuid) return resolve();
      killer.query("KILL QUERY ?", [connectionId], () => resolve());
    }),
  );
  killer.destroy();
};

const failure = (wire: Wire, statement: Statement, error: unknown): Error => {
  const mapped = statementError(wire.door.name, statement, error, (text) =>
    redact(wire.door.redact(text), secretValues(statement)),
  );
  if (mapped instanceof UnreachableError) wire.lost = true;
  return mapped;
};

const queryRows = async <Row>(wire: Wire, statement: Statement, timeoutMs: number): Promise<Row[]> => {
  const rows = new Promise<Row[]>((resolve, reject) => {
    wire.connection.query({ sql: statement.sql, values: [...(statement.values ?? [])] }, (error, result) => {
      if (error) reject(failure(wire, statement, error));
      else resolve(Array.isArray(result) ? (result as Row[]) : []);
    });
  });
  try {
    return await withLimit(rows, timeoutMs, () => overdue(wire.door.name, statement, timeoutMs));
  } catch (error) {
    if (error instanceof LimitError) await interrupt(wire, rows);
    throw error;
  }
};

/** The limit is for the whole stream, the reader's own time included. Leaving early ends the statement on the server. */
async function* streamRows<Row>(wire: Wire, statement: Statement, timeoutMs: number): AsyncGenerator<Row> {
  const giveBack = await wire.turns.take();
  if (wire.lost) {
    giveBack();
    throw failure(wire, statement, new Error("it was given up before"));
  }
  const command = wire.connection.query({ sql: statement.sql, values: [...(statement.values ?? [])] });
  const rows = command.stream({ highWaterMark: 256 });
  const ended = new Promise<void>((resolve) => {
    command.once("end", resolve);
    command.once("error", () => resolve());
  });
  let complete = false;
  let finished: Promise<void> | undefined;
  const finish = (): Promise<void> => {
    finished ??= (complete ? Promise.resolve() : interrupt(wire, ended)).finally(giveBack);
    return finished;
  };
  // The driver tells a lost transport to the connection, not to the stream.
  const onLost = (error: Error): void => void rows.destroy(error);
  wire.connection.on("error", onLost);
  const timer = setTimeout(() => {
    rows.destroy(overdue(wire.door.name, statement, timeoutMs));
    void finish();
  }, timeoutMs);
  try {
    for await (const row of rows) yield row as Row;
    complete = true;
  } catch (error) {
    if (error instanceof LimitError) throw error;
    complete = true;
    throw failure(wire, statement, error);
  } finally {
    clearTimeout(timer);
    wire.connection.off("error", onLost);
    await finish();
  }
}
