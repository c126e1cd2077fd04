/** Accounts that a run makes begin so; at most 32 characters (longer ones are refused with 3056, and 5.6 cuts silently). */
const PREFIX = "rp_";

export const replicationAccount = (runId: string): string => `${PREFIX}${runId.slice(-8)}`;
/** Reads the donor for the clone; dropped when the run ends. */
export const cloneAccount = (runId: string): string => `${PREFIX}${runId.slice(-8)}_clone`;

/** Those of any run; for REGEXP too. */
export const runAccounts = `^${PREFIX}[0-9a-f]{8}(_clone)?$`;
export const isCloneAccount = (user: string): boolean => isRunAccount(user) && user.endsWith("_clone");
export const isRunAccount = (user: string): boolean => new RegExp(runAccounts).test(user);
