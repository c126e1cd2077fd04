/**
 * Rough times of a reinitialisation. The rate is a logical dump piped into a server of the same kind (1.3 GB of
 * audits in 81 to 88 s, two cores, one disk): a real link and a real disk move it, so texts say "about".
 */
const CLONE_BYTES_PER_SECOND = 15_000_000;

export const fixedSeconds = { backup: 15, outage: 45, mild: 15 } as const;

export const cloneSeconds = (bytes: number): number => Math.ceil(bytes / CLONE_BYTES_PER_SECOND);
