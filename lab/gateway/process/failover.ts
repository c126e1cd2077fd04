import type { GatewayTiming } from "../options.ts";

/**
 * Which databases a session tries, in order, as the JDBC driver does: a new one begins at the first; one that lost its
 * database tries the one after it.
 */
export function attemptOrder(lost: number | undefined, count: number): readonly number[] {
  const first = lost === undefined ? 0 : lost + 1;
  return Array.from({ length: count }, (_, i) => (first + i) % count);
}

export interface Away {
  /** Place of the session's database in the failover order. */
  readonly index: number;
  readonly sinceMs: number;
  readonly statements: number;
}

/** Whether a session on another database than the first has to try the first one again. */
export const shouldFailBack = (
  away: Away,
  nowMs: number,
  { failBackMs, failBackStatements }: Pick<GatewayTiming, "failBackMs" | "failBackStatements">,
): boolean => away.index > 0 && (nowMs - away.sinceMs >= failBackMs || away.statements >= failBackStatements);
