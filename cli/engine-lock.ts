import { hostname } from "node:os";

/** Who holds the engine's own lock on a stack: a file-like backend names them when it refuses. */
export interface LockHolder {
  readonly host: string;
  readonly pid: number;
  /** As the engine prints it: "root@gw-ops (pid 4711) at 2026-11-25T19:09:46Z". */
  readonly text: string;
}

/** Reads the engine's refusal; empty: it refused for another reason. */
export const lockHolders = (stderr: string): readonly LockHolder[] =>
  stderr.includes("the stack is currently locked by")
    ? [...stderr.matchAll(/created by (\S+@(\S+) \(pid (\d+)\) at \S+)/g)].map(([, text = "", host = "", pid]) => ({
        host,
        pid: Number(pid),
        text,
      }))
    : [];

/** Are all of them processes of this host that no longer exist? Of another host nothing is known from here. */
export const allDead = (holders: readonly LockHolder[], alive: (pid: number) => boolean = isAlive): boolean =>
  holders.length > 0 && holders.every(({ host, pid }) => host === hostname() && !alive(pid));

/** A process of another user may not be signalled, but it is there. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
};
