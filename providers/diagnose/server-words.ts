import type { Fault } from "../mysql/replica-status.ts";
import { limits } from "./limits.ts";

/** Text that a server gave, fit to be stored and printed: no password of a statement it quotes, no endless line. */
export const redacted = (text: string): string => {
  const clean = text
    .replace(/(IDENTIFIED\s+(?:WITH\s+\S+\s+)?(?:BY|AS)\s+(?:PASSWORD\s+)?)'(?:[^'\\]|\\.|'')*'/gi, "$1***")
    .replace(/((?:SOURCE|MASTER)_PASSWORD\s*=\s*)'(?:[^'\\]|\\.|'')*'/gi, "$1***")
    .replace(/\s+/g, " ")
    .trim();
  return clean.length > limits.evidenceCharactersMax ? `${clean.slice(0, limits.evidenceCharactersMax)} ...` : clean;
};

export const faultText = ({ code, message }: Fault): string => redacted(`error ${code}: ${message}`);

/** "ssg.audit_main", as far as the server names the table in one of its ways; undefined: it does not. */
export const tableIn = (message: string): string | undefined => {
  const constraint = /\(`([^`]+)`\.`([^`]+)`, CONSTRAINT/.exec(message);
  if (constraint) return `${constraint[1]}.${constraint[2]}`;
  return /event on table ([^;\s]+);/.exec(message)?.[1] ?? /[Tt]able '([^'\s]+\.[^'\s]+)'/.exec(message)?.[1];
};
