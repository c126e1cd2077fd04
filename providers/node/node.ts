import type { Dialect } from "../mysql/dialect.ts";
import type { Statement } from "../mysql/statement.ts";
import type { DatabaseNode, Host } from "../pair.ts";

/** A piece of a command line or of a script's arguments. A secret may only travel by stdin, and prints as ***. */
export type Arg = string | { readonly secret: string };

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

/** Limits of the transport; each call has its own limit besides. */
export interface Limits {
  /** TCP, key exchange and login, for each hop. */
  readonly connectMs: number;
  /** A channel or forward that the node is asked for. */
  readonly openMs: number;
  /** Silence after which the node is asked for a sign of life; three without an answer end the connection. */
  readonly keepaliveMs: number;
  /** Output of one script. Bulk data never passes through the runner. */
  readonly outputBytesMax: number;
}

export const defaultLimits: Limits = {
  connectMs: 15_000,
  openMs: 10_000,
  keepaliveMs: 10_000,
  outputBytesMax: 64 * 1024 * 1024,
};

/** A host reached over SSH. Scripts run as root (see Host.become) under /bin/sh -s, everything by stdin. */
export interface Shell {
  readonly host: Host;
  /** Hides every secret that this shell knows of, in all usual forms: for text that goes into a log, an error or the journal. */
  redact(text: string): string;
  /**
   * Runs constant script text with positional arguments ($1, $2 ...); neither ever stands in an argv.
   * Non-zero exit throws ExecError, a limit LimitError, a dead transport UnreachableError.
   */
  script(text: string, args: readonly Arg[], timeoutMs: number): Promise<ExecResult>;
  /** As script, but any exit code is an answer. */
  tryScript(text: string, args: readonly Arg[], timeoutMs: number): Promise<ExecResult>;
  close(): Promise<void>;
}

/** One MySQL connection; session state (sql_log_bin, locks) lives as long as it. */
export interface Session {
  readonly connectionId: number;
  /**
   * Client-side escaped values; one result set, [] for a statement without one. Errors: SqlError, LimitError (the query is
   * killed), UnreachableError (the session is lost). BIGINT and DECIMAL are strings, BINARY and BLOB Buffers, times strings.
   */
  query<Row>(statement: Statement, timeoutMs: number): Promise<Row[]>;
  /** Rows as they come, in constant memory. The limit is for the whole stream; leaving early ends the statement. */
  stream<Row>(statement: Statement, timeoutMs: number): AsyncIterable<Row>;
  close(): Promise<void>;
}

/** A database node: a shell, and SQL. */
export interface Node extends Shell {
  readonly host: DatabaseNode;
  readonly dialect: Dialect;
  /** On a shared session that is opened at first use and again after it was lost. */
  query<Row>(statement: Statement, timeoutMs: number): Promise<Row[]>;
  /** An own connection for session state; the caller closes it. */
  openSession(timeoutMs: number): Promise<Session>;
  /** For the option file of a job that runs on this node. Goes nowhere else. */
  credentials(): Promise<{ readonly user: string; readonly password: string }>;
}
