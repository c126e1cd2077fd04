import { backupWhole, donorUntouched, noRowLost, provedHealthy, recipientLogClean } from "./contents.ts";
import type { Scene } from "./scene.ts";
import { donorWritable, fenceRefusesLogins, gatewaysAsBefore, linksSane, sessionsWhereTheyBelong } from "./service.ts";
import { messageComplete, noSecretSaid, nothingLeft, nothingRuns, oneLockOwner } from "./traces.ts";

/** By their numbers; 5, what is told of the state, takes two commands more and is looked at where a run stands. */
const invariants = {
  1: noRowLost,
  2: donorUntouched,
  3: fenceRefusesLogins,
  4: sessionsWhereTheyBelong,
  6: oneLockOwner,
  7: nothingRuns,
  8: linksSane,
  9: recipientLogClean,
  10: backupWhole,
  11: donorWritable,
  12: gatewaysAsBefore,
  13: provedHealthy,
  14: nothingLeft,
  15: noSecretSaid,
  16: messageComplete,
} as const;

export type InvariantNumber = keyof typeof invariants | 5;

/** What does not hold, each with the number of its invariant and the moment. */
export const violations = async (scene: Scene, excused: readonly InvariantNumber[]): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const [number, holds] of Object.entries(invariants)) {
    if (excused.includes(Number(number) as InvariantNumber)) continue;
    const sentences = await holds(scene).catch((error: unknown) => [`could not be looked at: ${String(error)}`]);
    found.push(...sentences.map((sentence) => `${scene.moment}, invariant ${number}: ${sentence}`));
  }
  return found;
};
