/**
 * Rough times of a reinitialisation; texts say "about". The rate is a cautious one for a logical dump that is piped into
 * a server: index and disk of the recipient set it, the network seldom does.
 */
const CLONE_BYTES_PER_SECOND = 10_000_000;

/** Seconds that do not depend on the size: stopping, proving, starting one host after the other. */
export const fixedSeconds = { backup: 15, outage: 45, mild: 15 } as const;

export const cloneSeconds = (bytes: number): number => Math.ceil(bytes / CLONE_BYTES_PER_SECOND);
