/** What every error of this project can tell the operator: where it happened, and the one next move. */
export interface ErrorContext {
  /** Name of the node or gateway host, as in the configuration. */
  readonly node?: string;
  /** What to do next, one sentence. */
  readonly next?: string;
  /** True where trying again without any change may succeed. */
  readonly retryable?: boolean;
  /** Of performance.now(): until then the same error is given without asking anew. */
  readonly askedAgainAtMs?: number;
  readonly cause?: unknown;
}

abstract class PairError extends Error {
  readonly node: string | undefined;
  readonly next: string | undefined;
  readonly retryable: boolean;
  readonly askedAgainAtMs: number | undefined;

  constructor(message: string, context: ErrorContext = {}) {
    super(message, { cause: context.cause });
    this.name = new.target.name;
    this.node = context.node;
    this.next = context.next;
    this.retryable = context.retryable ?? false;
    this.askedAgainAtMs = context.askedAgainAtMs;
  }
}

/** The node or its MySQL server could not be asked. Says nothing about its health. */
export class UnreachableError extends PairError {}

/** A wait ended at its limit; what was waited for may still be going on. */
export class LimitError extends PairError {}

/** A command on a node ended with a non-zero exit code. */
export class ExecError extends PairError {
  readonly exitCode: number;
  readonly stderr: string;
  constructor(message: string, exitCode: number, stderr: string, context: ErrorContext = {}) {
    super(message, context);
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/** The server refused a statement; `code` is its error number. */
export class SqlError extends PairError {
  readonly code: number;
  constructor(message: string, code: number, context: ErrorContext = {}) {
    super(message, context);
    this.code = code;
  }
}

/** The work must not start or go on: a rule of safety, a lock, a refusal, a wrong fact. */
export class SafetyError extends PairError {}

export type { PairError };
