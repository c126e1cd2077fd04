import { atLeast } from "./version.ts";

/** Rights ON *.*, found by taking one away at a time from an account that reinitialises a pair. */
export interface Rights {
  readonly held: readonly string[];
  /** WITH GRANT OPTION: the accounts of a run get these from it. */
  readonly passedOn: readonly string[];
}

/** What our two accounts need on a server. */
export interface AccountRights {
  /** May look and nothing else; besides, SELECT on the schemas whose contents are compared. */
  readonly monitor: readonly string[];
  readonly repair: Rights;
}

/** What mysqldump needs of the donor for schemas with routines, triggers, events and views. */
export const cloneRights: readonly string[] = ["SELECT", "SHOW VIEW", "TRIGGER", "EVENT", "SHOW_ROUTINE"];

/** Needed besides to load what an account that holds it has defined (1227). */
export const systemDefinerRight = "SYSTEM_USER";
/** Needed besides to load triggers where log_bin_trust_function_creators is off (1419, although the load is unlogged). */
export const untrustedCreatorRight = "SUPER";

/** To drop the recipient's schemas and load the donor's. */
const loadRights = [
  ...["INSERT", "DELETE", "CREATE", "DROP", "ALTER", "REFERENCES", "LOCK TABLES", "CREATE VIEW"],
  ...["CREATE ROUTINE", "ALTER ROUTINE"],
];

const everywhere = ["RELOAD", "PROCESS", "CREATE USER", "REPLICATION CLIENT", ...loadRights];

/** MySQL 8 and later; the right to name any DEFINER has another name from 8.2 on. */
export const eightRights = (definer: "SET_USER_ID" | "SET_ANY_DEFINER"): AccountRights => ({
  monitor: ["REPLICATION CLIENT", "PROCESS"],
  repair: {
    held: [
      ...everywhere,
      ...["REPLICATION_SLAVE_ADMIN", "SYSTEM_VARIABLES_ADMIN", "PERSIST_RO_VARIABLES_ADMIN", "CONNECTION_ADMIN"],
      definer,
    ],
    passedOn: [...cloneRights, "REPLICATION SLAVE"],
  },
});

const withoutDynamic = (rights: readonly string[]): readonly string[] => rights.filter((name) => !name.includes("_"));

/** MySQL 5.6 and 5.7 know no finer right than SUPER for links, unlogged sessions, read-only and definers. */
export const fiveRights: AccountRights = {
  monitor: ["REPLICATION CLIENT", "PROCESS"],
  repair: {
    held: [...everywhere, "SUPER"],
    passedOn: [...withoutDynamic(cloneRights), "REPLICATION SLAVE"],
  },
};

/** From MariaDB 10.5.2 on SUPER is split, and REPLICATION CLIENT no longer shows a link. */
export const mariadbRights = (version: string): AccountRights =>
  atLeast(version, "10.5.2")
    ? {
        monitor: ["SLAVE MONITOR", "BINLOG MONITOR", "PROCESS"],
        repair: {
          held: [
            ...everywhere.filter((name) => name !== "REPLICATION CLIENT"),
            ...["SLAVE MONITOR", "BINLOG MONITOR", "REPLICATION SLAVE ADMIN", "BINLOG ADMIN", "READ_ONLY ADMIN"],
            ...["CONNECTION ADMIN", "SET USER"],
          ],
          passedOn: [...withoutDynamic(cloneRights), "REPLICATION SLAVE"],
        },
      }
    : fiveRights;
