import { SqlError, UnreachableError } from "../errors.ts";
import type { Statement } from "../mysql/statement.ts";

/** What the driver throws: errno and sqlMessage where the server spoke, a code word such as ECONNREFUSED where it did not. */
interface DriverError extends Error {
  readonly errno?: number;
  readonly code?: string;
  readonly sqlMessage?: string;
  readonly fatal?: boolean;
}

/**
 * The server ended the session: shutdown in progress, normal shutdown, session killed (MySQL, MariaDB), idle too long.
 * Nothing is known of the statement.
 */
const lostCodes: ReadonlySet<number> = new Set([1053, 1077, 1079, 1152, 3169, 1927, 4031]);

/** Too many connections, blocked for too many errors, offline mode just now: another try may pass. */
const retryableLogins: ReadonlySet<number> = new Set([1040, 1203, 1226]);

export const isSecretStatement = (statement: Statement): boolean => /password|identified/i.test(statement.sql);

/** Values of a statement that sets a password are hidden in whatever the server says about it. */
export const secretValues = (statement: Statement): readonly string[] =>
  isSecretStatement(statement) ? (statement.values ?? []).filter((value) => typeof value === "string") : [];

/** 1064 quotes the statement from the fault on, cut at 80 characters: a piece of a password is no form of it. */
const withoutQuotation = (words: string): string => words.replace(/ near '[\s\S]*' at line \d+$/, " near '***'");

const spokenByServer = (error: DriverError): boolean =>
  typeof error.errno === "number" && error.errno >= 1000 && error.sqlMessage !== undefined;

/** `hide` redacts; it is given every text that came from the server. */
export const statementError = (
  node: string,
  statement: Statement,
  cause: unknown,
  hide: (text: string) => string,
): SqlError | UnreachableError => {
  const error = cause as DriverError;
  const raw = error.sqlMessage ?? error.message;
  const words = hide(isSecretStatement(statement) ? withoutQuotation(raw) : raw);
  const code = error.errno ?? 0;
  if (spokenByServer(error) && !lostCodes.has(code))
    return new SqlError(`${node}: MySQL refused "${excerpt(statement.sql)}": ${words} (${code})`, code, { node });
  return new UnreachableError(
    `${node}: the MySQL session was lost during "${excerpt(statement.sql)}": ${words}${code >= 1000 ? ` (${code})` : ""}`,
    { node, retryable: true },
  );
};

/** The login: refused by the server (SqlError with its number) or no server there (UnreachableError). */
export const loginError = (
  node: string,
  account: string,
  where: string,
  cause: unknown,
  hide: (text: string) => string,
): SqlError | UnreachableError => {
  const error = cause as DriverError;
  const words = hide(error.sqlMessage ?? error.message);
  if (!spokenByServer(error) || lostCodes.has(error.errno ?? 0))
    return new UnreachableError(`${node}: no MySQL server answers at ${where}: ${words}`, {
      node,
      retryable: true,
      next: "Check that mysqld runs on the node and that socket or address and port in the configuration are its own.",
    });
  const code = error.errno ?? 0;
  return new SqlError(`${node}: MySQL refused the login of ${account} at ${where}: ${words} (${code})`, code, {
    node,
    retryable: retryableLogins.has(code),
    next: retryableLogins.has(code)
      ? "Wait until a connection is free, or end one."
      : "Check the account and its password: the option file on the node, or user and the secret setting of this side.",
  });
};

/** Statement text has places instead of values, so it holds no secret. */
const excerpt = (sql: string): string => {
  const line = sql.replace(/\s+/g, " ").trim();
  return line.length > 120 ? `${line.slice(0, 120)}...` : line;
};
