import { setTimeout as pause } from "node:timers/promises";
import { LimitError } from "../errors.ts";

export interface PollSettings {
  /** What is waited for, as the message says it: "the server to stop". */
  readonly waitingFor: string;
  readonly limitMs: number;
  readonly intervalMs: number;
  readonly node?: string | undefined;
  readonly next?: string | undefined;
}

/**
 * Looks again and again until `look` gives something else than undefined; the only waiting loop of the project.
 * Time is the runner's monotonic clock. An error of `look` ends the wait. At the limit: LimitError, with what
 * `describe` last said. Looks at least once.
 */
export const poll = async <T>(
  settings: PollSettings,
  look: () => Promise<T | undefined>,
  describe?: () => string,
): Promise<T> => {
  const startedMs = performance.now();
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    const leftMs = settings.limitMs - (performance.now() - startedMs);
    if (leftMs <= 0) {
      const seen = describe?.();
      throw new LimitError(
        `waited ${Math.round(settings.limitMs / 1000)} s for ${settings.waitingFor}${seen ? `; last seen: ${seen}` : ""}`,
        { ...(settings.node && { node: settings.node }), ...(settings.next && { next: settings.next }) },
      );
    }
    await pause(Math.min(settings.intervalMs, leftMs));
  }
};
