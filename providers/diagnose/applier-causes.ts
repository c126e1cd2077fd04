import type { Cause } from "./cause.ts";

const copiesDiffer =
  "the two copies already differ: whatever is skipped or started again leaves them different, so the recipient is copied anew";
const refetch =
  "the source still has the events: the relay log is thrown away and fetched again from where the applier stands";

/**
 * Why an applier stops. Numbers above 13000 are the same errors as 8.0 and later tell them of replication itself.
 * Manual: "Server Error Message Reference"; the renumbered ones are in the server's own message file.
 */
export const applierCauses: readonly Cause[] = [
  {
    code: "duplicate-key",
    numbers: [1062, 1022, 1586],
    what: "a row comes that the replica already has under the same key",
    remedy: "reinitialise",
    advice: copiesDiffer,
  },
  {
    code: "missing-row",
    numbers: [1032],
    what: "a row is changed or deleted that the replica does not have",
    remedy: "reinitialise",
    advice: copiesDiffer,
  },
  {
    code: "missing-table",
    numbers: [1146, 1051, 1049, 1008],
    what: "the replica lacks a table or schema that the source has",
    remedy: "reinitialise",
    advice: copiesDiffer,
  },
  {
    code: "foreign-key",
    numbers: [1452, 1451, 1216, 1217, 1215, 1822, 1824],
    what: "a foreign key does not allow the change: the row it refers to is not the same on both sides",
    remedy: "reinitialise",
    advice: copiesDiffer,
  },
  {
    code: "object-exists",
    numbers: [1050, 1007, 1060, 1061, 1304, 1359, 1826],
    what: "something is created that the replica already has",
    remedy: "reinitialise",
    advice: copiesDiffer,
  },
  {
    code: "definition-differs",
    numbers: [1677, 13146, 1054, 1072, 1091, 1136, 1305, 1360, 1364, 1366, 1406, 1264, 1265, 1535],
    what: "a table or routine is defined differently on both sides",
    remedy: "reinitialise",
    advice: copiesDiffer,
  },
  {
    code: "account-differs",
    numbers: [1396, 1410, 1133, 1141, 1147, 1269],
    what: "an account is changed that is not the same on both sides",
    remedy: "reinitialise",
    advice: copiesDiffer,
  },
  {
    code: "gtid-out-of-order",
    numbers: [1950],
    what: "the source numbers its transactions anew, or somebody wrote on both sides under one number",
    remedy: "reinitialise",
    advice: "the source's log was reset: what the replica lacks since then cannot be told from its numbers",
  },
  {
    code: "incident-on-source",
    numbers: [1590, 13119],
    what: "the source reports that it lost events of its own log",
    remedy: "reinitialise",
    advice: "the lost events are in no log any more: the recipient is copied anew",
  },
  {
    code: "applier-gaps",
    numbers: [1802, 1872, 13124, 1201],
    text: /gap|mts_recovery|MTS|multi-threaded/i,
    what: "a crash left gaps between the transactions of parallel workers",
    remedy: "reinitialise",
    advice: "where the applier stands is no single position any more, so it cannot be pointed anywhere",
  },
  {
    code: "relay-log-missing",
    numbers: [1872, 13124, 1201, 13123, 1871, 1380],
    what: "the relay log, or what the server keeps about it, is gone",
    remedy: "repoint",
    advice: refetch,
  },
  {
    code: "relay-log-damaged",
    numbers: [1594, 13121, 13115, 1743],
    what: "the relay log cannot be read",
    remedy: "repoint",
    advice: refetch,
  },
  {
    code: "relay-log-not-written",
    numbers: [1595, 13122],
    what: "the relay log cannot be written: mostly a full disk",
    remedy: "none",
    advice: "make room on the replica's disk, then start the threads",
  },
  {
    code: "no-space",
    numbers: [1114, 13132, 13133, 1021, 1026, 3, 1030],
    what: "the replica has no room left, or its storage fails",
    remedy: "none",
    advice: "make room (or look at the disk), then start the threads: nothing is wrong with the data yet",
  },
  {
    code: "lock-wait-exhausted",
    numbers: [1205, 1213, 1206, 3572],
    what: "a transaction waited for a lock again and again until the applier gave up",
    remedy: "start-threads",
    advice: "end the session on the replica that holds the lock, then start the threads",
  },
  {
    code: "account-rights-of-applier",
    numbers: [1142, 1143, 1227, 1044, 1449],
    what: "the account under which the applier works, or the definer of an object, lacks a right or does not exist",
    remedy: "none",
    advice: "give it the right (PRIVILEGE_CHECKS_USER of the link, or the object's DEFINER), then start the threads",
  },
  {
    code: "gtid-mode-differs",
    numbers: [1778, 1779, 1780, 1781, 1782, 1783, 1784, 1785, 13148, 13149, 13150],
    what: "the two servers do not agree about GTID",
    remedy: "none",
    advice: "set gtid_mode alike on both (in its four steps, see the manual), then start the threads",
  },
  {
    code: "read-only-for-applier",
    numbers: [1290, 1836, 3100],
    what: "the replica refuses the applier's changes",
    remedy: "none",
    advice: "look at read_only, the tables' engines and the plugins of the replica",
  },
];
