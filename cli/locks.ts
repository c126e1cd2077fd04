import type { Shell } from "../providers/node/node.ts";
import { databaseNodes } from "../providers/pair.ts";
import type { OpenedPair } from "../providers/replication-pair/open-pair.ts";
import { lookAtLock, type SeenLock, sentence, staleSeconds } from "../providers/runbook/lock.ts";

/** The lock of one node as it was seen. */
export interface NodeLock {
  readonly shell: Shell;
  readonly lock: SeenLock;
}

export interface Locks {
  readonly locks: readonly NodeLock[];
  /** A sentence for each node that could not be asked. */
  readonly unasked: readonly string[];
}

/** Asks both nodes; one that cannot be asked does not hide what the other says. */
export const lookAtLocks = async (opened: OpenedPair): Promise<Locks> => {
  const shells = await Promise.all(databaseNodes(opened.pair).map((host) => opened.shell(host)));
  const looks = await Promise.allSettled(shells.map(lookAtLock));
  const asked = looks.map((look, index) => ({ shell: shells[index] as Shell, look }));
  return {
    locks: asked.flatMap(({ shell, look }) =>
      look.status === "fulfilled" && look.value ? [{ shell, lock: look.value }] : [],
    ),
    unasked: asked.flatMap(({ shell, look }) =>
      look.status === "rejected" ? [`${shell.host.name} could not be asked: ${(look.reason as Error).message}`] : [],
    ),
  };
};

export const lockText = ({ shell, lock }: NodeLock): string => `${shell.host.name}: ${sentence(lock)}`;

export const beats = ({ lock }: NodeLock): boolean => lock.ageSeconds <= staleSeconds;
