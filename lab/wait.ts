import { setTimeout as sleep } from "node:timers/promises";
import { LabError } from "./lab-error.ts";

/**
 * Asks `probe` until it answers with something, at most `limitMs` long. `undefined` and `false` mean "not yet".
 * Throws LabError with the text of `lastSeen` when the limit passes.
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  limitMs: number,
  lastSeen: () => string = () => "",
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) {
      const seen = lastSeen();
      throw new LabError(
        `Waited ${Math.round(limitMs / 1000)} s for ${what}, in vain.${seen && ` Last seen: ${seen}`}`,
      );
    }
    await sleep(100);
  }
}
