import { SafetyError } from "../errors.ts";
import { readDurable, removeDurable, writeDurable } from "../node/durable-file.ts";
import type { Shell } from "../node/node.ts";
import type { Identity } from "./identity.ts";

/** Stands on the recipient, outside the data folder, from before the fence until after it is lifted. */
export interface FenceMarker {
  readonly runId: string;
  readonly donor: Identity;
  readonly recipient: Identity;
  readonly step: string;
}

export const fenceFile = (shell: Shell): string => `${shell.host.stateFolder}/fence.json`;

export const writeFenceMarker = (shell: Shell, marker: FenceMarker): Promise<void> =>
  writeDurable(shell, fenceFile(shell), JSON.stringify({ format: 1, ...marker }));

/** undefined: no fence. SafetyError: something stands there that is no marker, and the node must be taken for fenced. */
export const readFenceMarker = async (shell: Shell): Promise<FenceMarker | undefined> => {
  const line = await readDurable(shell, fenceFile(shell));
  if (line === undefined) return undefined;
  const marker = parseFenceMarker(line);
  if (marker) return marker;
  throw new SafetyError(
    `${shell.host.name}: ${fenceFile(shell)} is damaged: this node is fenced, but not known by whom`,
    {
      node: shell.host.name,
      next: "Compare both nodes by hand, then remove the file if this node is whole.",
    },
  );
};

export const parseFenceMarker = (line: string): FenceMarker | undefined => {
  try {
    const marker = JSON.parse(line) as FenceMarker;
    const whole = [marker.runId, marker.donor.serverUuid, marker.recipient.serverUuid].every(
      (text) => typeof text === "string",
    );
    return whole ? marker : undefined;
  } catch {
    return undefined;
  }
};

export const removeFenceMarker = (shell: Shell): Promise<void> => removeDurable(shell, fenceFile(shell));
