import type { GatewayTiming } from "../options.ts";
import type { Level } from "./log.ts";

/** One check of the product's replication monitor. */
export type Check =
  | { readonly kind: "delay"; readonly delayMs: number }
  | { readonly kind: "uncomputable" }
  | { readonly kind: "inaccessible"; readonly database: string; readonly reason: string };

export interface MonitorState {
  readonly failing: boolean;
  readonly reportedMs?: number | undefined;
}

export interface Verdict {
  readonly state: MonitorState;
  /** Absent: nothing is logged. */
  readonly line?: { readonly level: Level; readonly text: string };
}

/** What the monitor logs after a check: the first trouble, then none for the repeat interval, and the first good check. */
export function judge(
  before: MonitorState,
  check: Check,
  secondary: string,
  nowMs: number,
  timing: Pick<GatewayTiming, "monitorThresholdMs" | "monitorRepeatMs">,
): Verdict {
  const trouble = troubleOf(check, secondary, timing.monitorThresholdMs);
  if (!trouble)
    return {
      state: { failing: false },
      ...(before.failing
        ? { line: { level: "INFO", text: `2382: Replication recovered for host/database ${secondary}` } }
        : {}),
    };
  const silent = before.reportedMs !== undefined && nowMs - before.reportedMs < timing.monitorRepeatMs;
  if (silent) return { state: { ...before, failing: true } };
  return { state: { failing: true, reportedMs: nowMs }, line: { level: "WARNING", text: trouble } };
}

function troubleOf(check: Check, secondary: string, thresholdMs: number): string | undefined {
  const failing = `2381: Replication failing for host/database ${secondary}`;
  if (check.kind === "inaccessible") return `2380: Error accessing host/database ${check.database}: ${check.reason}`;
  if (check.kind === "uncomputable") return `${failing}: error calculating delay`;
  if (check.delayMs < thresholdMs) return undefined;
  return `${failing}: delay is ${Math.round(check.delayMs / 1000)} seconds`;
}
