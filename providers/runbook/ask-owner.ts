import type { Shell } from "../node/node.ts";
import { ask, runOf, type SeenLock, staleSeconds } from "./lock.ts";
import { parseOwner } from "./lock-owner.ts";
import { removeText, stopText } from "./lock-script.ts";

/** Asks the owner of a lock to stop after its present act. False: the lock is no longer that owner's. */
export const askToStop = async (shell: Shell, { ownerLine }: SeenLock): Promise<boolean> =>
  (await ask(shell, stopText, [ownerLine, runOf(ownerLine)])).state === "held";

/** Removes a lock that shows no life. A look: it does after all, by a beat or a job, and stays. */
export const removeDeadLock = async (shell: Shell, { ownerLine }: SeenLock): Promise<SeenLock | undefined> => {
  const look = await ask(shell, removeText, [ownerLine, runOf(ownerLine), String(staleSeconds)]);
  return look.state === "held" ? { ...look, owner: parseOwner(look.ownerLine) } : undefined;
};
