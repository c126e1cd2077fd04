import type { Dialect } from "./dialect.ts";
import { mariadb } from "./mariadb.ts";
import { mysql5 } from "./mysql-5.ts";
import { mysql80 } from "./mysql-8.0.ts";
import { mysql84 } from "./mysql-8.4.ts";
import { atLeast } from "./version.ts";

/** Chooses by @@version and @@version_comment; forks of MySQL (Percona) number as MySQL does. */
export const dialectFor = (version: string, versionComment: string): Dialect => {
  if (/mariadb/i.test(`${version} ${versionComment}`)) return mariadb(version);
  if (atLeast(version, "8.2.0")) return mysql84();
  return atLeast(version, "8.0.0") ? mysql80(version) : mysql5(version);
};
