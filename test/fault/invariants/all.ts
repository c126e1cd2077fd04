import type { HostName } from "../../../lab/record.ts";
import { backupWhole } from "./backup.ts";
import { noRowLost, provedHealthy } from "./contents.ts";
import { donorUntouched } from "./donor.ts";
import { fenceRefusesLogins } from "./fence.ts";
import { recipientLogClean } from "./recipient-log.ts";
import { messageComplete, noSecretSaid } from "./said.ts";
import type { Scene } from "./scene.ts";
import { donorWritable, gatewaysAsBefore, linksSane, sessionsWhereTheyBelong } from "./service.ts";
import { oneState } from "./state.ts";
import { nothingLeft, nothingRuns, oneLockOwner } from "./traces.ts";

/** By their numbers. */
const invariants = {
  1: noRowLost,
  2: donorUntouched,
  3: fenceRefusesLogins,
  4: sessionsWhereTheyBelong,
  5: oneState,
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

export type InvariantNumber = keyof typeof invariants;

/** Invariants that cannot hold of a host while a fault lasts. */
export type Excuses = Readonly<Partial<Record<HostName, readonly InvariantNumber[]>>>;

/** Fence, marker and links: a server that had gone must not come back without them, nor with more. */
const afterHealing: readonly InvariantNumber[] = [3, 5, 8];

/** What does not hold, each with the number of its invariant and the moment. */
export const violations = async (scene: Scene, excuses: Excuses = {}): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const [key, holds] of Object.entries(invariants)) {
    const number = Number(key) as InvariantNumber;
    if (scene.moment === "healed" && !afterHealing.includes(number)) continue;
    // A server that cannot answer names no host.
    const excused = (error: unknown): boolean =>
      (error as { code?: string }).code !== undefined &&
      Object.values(excuses).some((numbers) => numbers.includes(number));
    const its = await holds(scene).catch((error: unknown) =>
      excused(error) ? [] : [`could not be looked at: ${String(error)}`],
    );
    for (const violation of its) {
      const { host, text } = typeof violation === "string" ? { host: undefined, text: violation } : violation;
      if (host && excuses[host]?.includes(number)) continue;
      found.push(`${scene.moment}, invariant ${number}: ${text}`);
    }
  }
  return found;
};
