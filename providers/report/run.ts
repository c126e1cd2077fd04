import type { RemedyKind } from "../pair.ts";
import { bytesText, secondsText } from "./units.ts";

/** What a run did: the stack output `lastRun`. */
export interface RunReport {
  readonly runId: string;
  readonly remedy: RemedyKind;
  readonly donor: string;
  readonly recipient: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly outcome: "healthy" | "failed" | "undone" | "halted";
  readonly steps: readonly { readonly id: string; readonly outcome: string; readonly seconds: number }[];
  readonly backupFile?: string | undefined;
  readonly savedRowsFiles?: readonly string[] | undefined;
  readonly clonedBytes?: number | undefined;
}

export const runText = (report: RunReport): string =>
  [
    `${report.remedy} ${report.outcome} in ${secondsText(report.seconds)} (run ${report.runId})`,
    ...(report.clonedBytes === undefined
      ? []
      : [`cloned ${bytesText(report.clonedBytes)} from ${report.donor} to ${report.recipient}`]),
    ...(report.backupFile ? [`backup: ${report.backupFile} on ${report.donor}`] : []),
    ...(report.savedRowsFiles ?? []).map((file) => `saved rows: ${file} on ${report.donor} and ${report.recipient}`),
  ].join("\n");

/** Every message of a failed run has these, in this order. */
export interface RunFailure {
  readonly step: string;
  readonly stepNumber: number;
  readonly stepCount: number;
  readonly node?: string | undefined;
  readonly what: string;
  /** S0 to S6 with its meaning. */
  readonly state: string;
  readonly serves: string;
  readonly backup: string;
  readonly next: string;
  /** A failure of the undo or of the return to service; the first error stays first. */
  readonly also: readonly string[];
}

export const failureText = (failure: RunFailure): string =>
  [
    `step ${failure.stepNumber}/${failure.stepCount} (${failure.step}) failed${failure.node ? ` on ${failure.node}` : ""}: ${failure.what}`,
    ...failure.also.map((text) => `and then: ${text}`),
    `state: ${failure.state}`,
    `who serves: ${failure.serves}`,
    `backup: ${failure.backup}`,
    `next: ${failure.next}`,
  ].join("\n");
