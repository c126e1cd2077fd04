import type { LabRecord, Side } from "../record.ts";
import type { LinkStatus } from "../replication.ts";
import type { Say } from "../say.ts";

export interface BreakOptions {
  readonly record: LabRecord;
  /** The link that is broken, named by its replica. */
  readonly replica: Side;
  /** Whether the link was named by the caller. */
  readonly asked: boolean;
  readonly say: Say;
}

/** A way of breaking replication for real. It ends when the servers show it. */
export interface Break {
  readonly name: string;
  readonly summary: string;
  /** Which `--link` it breaks when none is named; absent: it always breaks the same thing. */
  readonly usualReplica?: Side;
  run(options: BreakOptions): Promise<void>;
}

export const sqlFault =
  (errno: number) =>
  (link: LinkStatus | undefined): boolean =>
    link?.sqlErrno === errno && link.sql === "No";

export const ioFault =
  (...errnos: readonly number[]) =>
  (link: LinkStatus | undefined): boolean =>
    link !== undefined && errnos.includes(link.ioErrno) && link.io !== "Yes";
