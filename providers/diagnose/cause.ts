import type { Fault } from "../mysql/replica-status.ts";
import type { Finding } from "./finding.ts";

/** What an error of a replication thread means. */
export interface Cause {
  readonly code: string;
  /** Error numbers of all generations. Absent: the text alone decides. */
  readonly numbers?: readonly number[];
  /** Must match too, where one number stands for several causes. */
  readonly text?: RegExp;
  /** After "secondary <- primary: ". */
  readonly what: string;
  readonly remedy: Finding["remedy"];
  /** What to do; of a reinitialisation: why nothing milder helps. */
  readonly advice: string;
}

/** The first that fits: special texts stand before the number they belong to. */
export const causeOf = (fault: Fault, causes: readonly Cause[]): Cause | undefined =>
  causes.find(
    ({ numbers, text }) =>
      (numbers === undefined || numbers.includes(fault.code)) && (text === undefined || text.test(fault.message)),
  );
