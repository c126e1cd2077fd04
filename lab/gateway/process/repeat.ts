import { setTimeout as sleep } from "node:timers/promises";

/** Runs `work` at each interval until stopped; a round that takes longer puts the next one off. `work` must not throw. */
export function repeat(firstMs: number, intervalMs: number, work: () => Promise<void>): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const loop = async (): Promise<void> => {
    let due = Date.now() + firstMs;
    while (await waited(Math.max(0, due - Date.now()), stopping.signal)) {
      due = Math.max(due + intervalMs, Date.now());
      await work();
    }
  };
  const ended = loop();
  return {
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}

const waited = (ms: number, signal: AbortSignal): Promise<boolean> => sleep(ms, true, { signal }).catch(() => false);
