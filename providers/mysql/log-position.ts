import type { Row } from "./dialect.ts";
import type { LogPosition } from "./position.ts";

/** Rows of SHOW MASTER STATUS or SHOW BINARY LOG STATUS. No row: the binary log is off. */
export const parseLogPosition = (rows: readonly Row[], gtidMode: boolean): LogPosition | undefined => {
  const [row] = rows;
  if (!row) return undefined;
  const gtid = String(row.Executed_Gtid_Set ?? "").replace(/\s+/g, "");
  return { file: String(row.File), offset: Number(row.Position), ...(gtidMode ? { gtid } : {}) };
};

/**
 * The answer of waitFor. By position: events waited for (0 or more), -1 at the limit, NULL when the applier does not run
 * or stopped meanwhile. By GTID: 0, or 1 at the limit.
 */
export const readWait = (rows: readonly Row[], gtidMode: boolean): "reached" | "timeout" | "applier-stopped" => {
  const result = rows[0]?.result;
  if (result === null || result === undefined) return "applier-stopped";
  const reached = gtidMode ? Number(result) === 0 : Number(result) >= 0;
  return reached ? "reached" : "timeout";
};
