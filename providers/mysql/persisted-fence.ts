import type { Dialect } from "./dialect.ts";
import { sql } from "./statement.ts";

/** Rights whose holders offline_mode lets in. */
export const fencePassedBy: readonly string[] = ["CONNECTION_ADMIN", "SUPER"];

type FenceVerb =
  | ("fence" | "forbidAutostart" | "allowAutostart" | "allowLoad")
  | ("refuseLogins" | "liftLoginRefusal" | "liftReadOnly" | "holdWrites" | "releaseWrites");

/**
 * The fence of servers that know SET PERSIST. Logins are refused by offline_mode: only accounts with CONNECTION_ADMIN
 * pass; replication from this server is refused too, so the donor's link is wired after the login refusal is lifted.
 * A lift changes memory first: should the server restart in between, the fence is back, not gone.
 */
export const persistedFence = (autostart: "skip_replica_start" | "skip_slave_start"): Pick<Dialect, FenceVerb> => {
  // Read-only at start: only PERSIST_ONLY may set it.
  const refuseLogins = [sql`SET PERSIST offline_mode = ON`];
  const forbidAutostart = [{ sql: `SET PERSIST_ONLY ${autostart} = ON` }];
  return {
    fence: () => [
      ...refuseLogins,
      sql`SET PERSIST read_only = ON`,
      sql`SET PERSIST super_read_only = ON`,
      ...forbidAutostart,
    ],
    forbidAutostart: () => forbidAutostart,
    allowAutostart: () => [{ sql: `RESET PERSIST IF EXISTS ${autostart}` }],
    allowLoad: () => [sql`SET GLOBAL super_read_only = OFF`],
    refuseLogins: () => refuseLogins,
    liftLoginRefusal: () => [sql`SET GLOBAL offline_mode = OFF`, sql`RESET PERSIST IF EXISTS offline_mode`],
    liftReadOnly: () => [
      ...writesAllowed,
      sql`RESET PERSIST IF EXISTS super_read_only`,
      sql`RESET PERSIST IF EXISTS read_only`,
    ],
    // read_only comes with super_read_only, and stays when super_read_only goes.
    holdWrites: () => [sql`SET GLOBAL super_read_only = ON`],
    releaseWrites: () => writesAllowed,
  };
};

const writesAllowed = [sql`SET GLOBAL super_read_only = OFF`, sql`SET GLOBAL read_only = OFF`];
