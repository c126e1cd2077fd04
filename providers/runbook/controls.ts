import { SafetyError } from "../errors.ts";
import type { Guard } from "./guard.ts";
import type { Lock } from "./lock.ts";
import type { Controls } from "./run.ts";

export interface Watched {
  readonly lock: Lock;
  readonly guard: Guard;
  /** Aborted: this process is about to end. */
  readonly leaving: AbortSignal;
  /** False: the engine is gone. */
  readonly say: (text: string, ephemeral?: boolean) => Promise<boolean>;
}

/** Asked before each step and before each destructive act: of the nodes, and of the engine. */
export const controlsOf = ({ lock, guard, leaving, say }: Watched): Controls & { assertOurs(): Promise<void> } => {
  const assertOurs = async (): Promise<void> => {
    leaving.throwIfAborted();
    await lock.assertHeld();
    await guard.assertQuiet();
  };
  return {
    assertOurs,
    async isOurs() {
      if (leaving.aborted) return false;
      return lock.assertHeld().then(
        () => true,
        // A node out of reach has not taken it from us.
        (error: unknown) => !(error instanceof SafetyError),
      );
    },
    async assertMayGoOn(next) {
      await assertOurs();
      if (lock.stopAsked())
        throw new SafetyError("not begun: it was asked to stop (npm run stop)", {
          next: "npx pulumi up takes it up again",
        });
      if (!(await say(next, true)))
        throw new SafetyError("the Pulumi CLI is gone", {
          next: "npm run up if it was killed (or npx pulumi cancel --yes, then npx pulumi up): it goes on from the journal",
        });
    },
  };
};
