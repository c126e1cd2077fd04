import { randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";

/** Who holds a lock; one line of JSON in the lock file. */
export interface LockOwner {
  readonly runId: string;
  /** user@host pid n, for people. */
  readonly owner: string;
  /** New for each taking, so that two processes that resume one run are two owners. */
  readonly token: string;
  /** "boot pidNamespace pid start" of the runner's process; absent where the runner's system does not tell it. */
  readonly process?: string | undefined;
}

/** A process of this machine, so that it cannot be mistaken for a later one of the same number, or one of a container. */
export const processMark = (pid: number): string | undefined => {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const namespace = readlinkSync("/proc/self/ns/pid");
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(") ") + 2).split(" ");
    return fields[0] === "Z" ? undefined : `${boot} ${namespace} ${pid} ${fields[19]}`;
  } catch {
    return undefined;
  }
};

export const newOwner = (runId: string, owner: string): LockOwner => ({
  runId,
  owner,
  token: randomBytes(8).toString("hex"),
  process: processMark(process.pid),
});

/** undefined: the line is damaged. */
export const parseOwner = (line: string): LockOwner | undefined => {
  try {
    const owner = JSON.parse(line) as LockOwner;
    return typeof owner.runId === "string" && typeof owner.owner === "string" && typeof owner.token === "string"
      ? owner
      : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Is the owner's process surely gone? Only where it ran on this machine, in this boot and process namespace, is that
 * known; then nobody needs to wait for the lock to grow stale.
 */
export const isDead = (owner: LockOwner, markOf: (pid: number) => string | undefined = processMark): boolean => {
  const own = markOf(process.pid)?.split(" ");
  const its = owner.process?.split(" ");
  if (!own || its?.length !== 4 || its[0] !== own[0] || its[1] !== own[1]) return false;
  return markOf(Number(its[2])) !== owner.process;
};
