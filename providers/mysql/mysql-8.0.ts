import type { Dialect } from "./dialect.ts";
import { healthOnly } from "./health-only.ts";
import { eightCommon } from "./mysql-8-common.ts";
import { persistedFence } from "./persisted-fence.ts";
import { eightRights } from "./rights.ts";
import { sql } from "./statement.ts";
import { atLeast } from "./version.ts";

/**
 * MySQL 8.0 and 8.1, which speak both tongues: the new words for links came with 8.0.22 and 8.0.23, those for the binary
 * log only with 8.2. skip_slave_start is a variable (and can be persisted) from 8.0.24 on, skip_replica_start from 8.0.26.
 */
export const mysql80 = (version: string): Dialect => {
  const newest = atLeast(version, "8.0.26");
  return {
    ...eightCommon(atLeast(version, "8.0.23") ? "replica" : "slave", newest ? "SOURCE_POS_WAIT" : "MASTER_POS_WAIT"),
    resetLogs: () => sql`RESET MASTER`,
    ...persistedFence(newest ? "skip_replica_start" : "skip_slave_start"),
    repairable: true,
    ...(atLeast(version, "8.0.24") ? {} : healthOnly(`MySQL ${version}`)),
    family: "mysql-8.0",
    rights: eightRights("SET_USER_ID"),
    showLogPosition: () => sql`SHOW MASTER STATUS`,
  };
};
