import type { Shell } from "../node/node.ts";
import { ask, type LockLook, runOf, staleSeconds } from "./lock.ts";
import { type LockOwner, parseOwner } from "./lock-owner.ts";
import { lookText, removeText, stopText } from "./lock-script.ts";

/** What others than its owner may do with the lock of a node. */
export interface SeenLock extends LockLook {
  /** undefined: the lock is damaged. */
  readonly owner: LockOwner | undefined;
}

const seen = (look: LockLook): SeenLock => ({ ...look, owner: parseOwner(look.ownerLine) });

/** Who holds the lock of a node, and which jobs of that run live; undefined: nobody. Changes nothing. */
export const lookAtLock = async (shell: Shell): Promise<SeenLock | undefined> => {
  const first = await ask(shell, lookText, [""]);
  if (first.state === "free") return undefined;
  const look = await ask(shell, lookText, [runOf(first.ownerLine)]);
  return look.state === "free" ? undefined : seen(look);
};

/** Asks the owner to stop after its present act. False: the lock is no longer that owner's. */
export const askToStop = async (shell: Shell, { ownerLine }: SeenLock): Promise<boolean> =>
  (await ask(shell, stopText, [ownerLine, runOf(ownerLine)])).state === "held";

/** Removes a lock that shows no life. A look: it does after all, by a beat or a job, and stays. */
export const removeDeadLock = async (shell: Shell, { ownerLine }: SeenLock): Promise<SeenLock | undefined> => {
  const look = await ask(shell, removeText, [ownerLine, runOf(ownerLine), String(staleSeconds)]);
  return look.state === "held" ? seen(look) : undefined;
};
