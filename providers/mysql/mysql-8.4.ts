import type { Dialect } from "./dialect.ts";
import { eightCommon } from "./mysql-8-common.ts";
import { persistedFence } from "./persisted-fence.ts";
import { eightRights } from "./rights.ts";
import { sql } from "./statement.ts";

/** MySQL 8.2 and later, 8.4 LTS, 9.x. The older words are syntax errors here from 8.4 on. */
export const mysql84 = (): Dialect => ({
  ...eightCommon("replica", "SOURCE_POS_WAIT"),
  ...persistedFence("skip_replica_start"),
  family: "mysql-8.4",
  repairable: true,
  rights: eightRights("SET_ANY_DEFINER"),
  showLogPosition: () => sql`SHOW BINARY LOG STATUS`,
  resetLogs: () => sql`RESET BINARY LOGS AND GTIDS`,
});
