/** Slower than this is not slow but stuck; the stall watchdog of each job is what notices early. */
const BYTES_PER_SECOND_MIN = 500_000;
const FIXED_SECONDS = 900;

/** Limit of a backup or a clone, from the measured size: a fixed one would be below somebody's clone time. */
export const transferLimitSeconds = (bytes: number): number => FIXED_SECONDS + Math.ceil(bytes / BYTES_PER_SECOND_MIN);
