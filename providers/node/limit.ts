/** When a machine that slept wakes, timers come before the answers that have waited meanwhile: these get their turn. */
const GRACE_MS = 250;

/**
 * The outcome of `work`, or the error of `atLimit` after `limitMs`. The work is not stopped by this: whoever sets a limit
 * also ends what is behind it. A late failure of the work is nobody's.
 */
export const withLimit = async <T>(work: Promise<T>, limitMs: number, atLimit: () => Error): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      timer = setTimeout(() => reject(atLimit()), GRACE_MS);
    }, limitMs);
  });
  work.catch(() => {});
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
};
