import { ExecError, LimitError, SqlError, UnreachableError } from "../errors.ts";

export interface CouldNotLook {
  readonly reachable: false;
  readonly reason: string;
  /** "unreachable", "limit", "refused-command", or the server's error number, such as "1040". */
  readonly code: string;
}

/** An error as the answer "could not look", which says nothing about health. Anything that is not ours to expect is thrown on. */
export const couldNotLook = (error: unknown): CouldNotLook => {
  const code = codeOf(error);
  if (!code) throw error;
  return { reachable: false, reason: (error as Error).message, code };
};

const codeOf = (error: unknown): string | undefined => {
  if (error instanceof UnreachableError) return "unreachable";
  if (error instanceof LimitError) return "limit";
  if (error instanceof SqlError) return String(error.code);
  if (error instanceof ExecError) return "refused-command";
  return undefined;
};
