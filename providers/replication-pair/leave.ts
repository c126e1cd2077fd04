import { withLimit } from "../node/limit.ts";

/*
 * The second ^C: the engine sends SIGINT, and SIGKILL about five seconds later. A run then closes its connections and is gone:
 * it undoes nothing (five seconds are no time for that), writes nothing, and keeps its lock, because jobs and acts on the
 * nodes may go on; the next up takes over the lock of a dead process and goes on from the journal.
 * The engine sends SIGINT at every normal end too, where nothing is open: then this costs no time.
 */

const CLOSE_MS = 3_000;

const leaving = new AbortController();
const open = new Set<{ close(): Promise<void> }>();

/** Aborted: this process is about to end. */
export const leavingSignal: AbortSignal = leaving.signal;

/** Closed at the latest when the process is told to end. */
export const whileOpen = async <Opened extends { close(): Promise<void> }, T>(
  opened: Opened,
  work: (opened: Opened) => Promise<T>,
): Promise<T> => {
  open.add(opened);
  try {
    return await work(opened);
  } finally {
    open.delete(opened);
    await opened.close();
  }
};

const leave = async (): Promise<void> => {
  const exitCode = open.size > 0 ? 130 : 0;
  // Before the first connection falls: what its fall ends must not be taken for a failure to undo.
  leaving.abort();
  const closed = Promise.allSettled([...open].map((its) => its.close()));
  await withLimit(closed, CLOSE_MS, () => new Error("not closed")).catch(() => {});
  process.exit(exitCode);
};

// A terminal that goes away is no reason to leave a run in its middle: it ends at its next step, where nobody listens.
process.on("SIGHUP", () => {});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void leave());
