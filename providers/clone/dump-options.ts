/**
 * Options of every dump that we make. Option files other than ours are not read (the user's own may hold
 * `skip-comments`, and the last line would be missing). Without coordinates: the donor is quiet, or it is a backup; so no
 * global read lock is taken and no writer waits.
 */
export const commonDumpOptions: readonly string[] = [
  "--single-transaction",
  "--quick",
  "--routines",
  "--events",
  "--triggers",
  "--hex-blob",
  "--comments",
  "--no-tablespaces",
  "--default-character-set=utf8mb4",
  "--max-allowed-packet=1G",
];
