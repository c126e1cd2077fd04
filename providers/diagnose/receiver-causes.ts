import type { Cause } from "./cause.ts";
import { sourceLogCauses } from "./source-log-causes.ts";

const newAccount = "the link gets a new account on its source, and goes on from where its applier stands";

/** Errors of a client that finds nobody at the other end. */
export const networkNumbers: readonly number[] = [
  2002, 2003, 2005, 2006, 2012, 2013, 2055, 1053, 1158, 1159, 1160, 1161, 1184,
];

/** Why a receiver does not run, apart from the network. Numbers above 13000: see applier-causes.ts. */
export const receiverCauses: readonly Cause[] = [
  ...sourceLogCauses,
  {
    code: "replication-right-missing",
    numbers: [1597, 13120],
    text: /access denied|errno: ?(1045|1227)/i,
    what: "the replication account may log in, but lacks the right REPLICATION SLAVE",
    remedy: "repoint",
    advice: newAccount,
  },
  {
    code: "access-denied",
    numbers: [1045, 1044, 1130, 1698, 1820, 1862, 3118, 3955],
    what: "the source refuses the replication account (wrong password, expired, locked, dropped, or not for this host)",
    remedy: "repoint",
    advice: newAccount,
  },
  {
    code: "auth-needs-key",
    numbers: [2061],
    what: "the account's authentication needs TLS or the source's public key",
    remedy: "repoint",
    advice: `${newAccount}, with the source's public key asked for`,
  },
  {
    code: "tls-failed",
    numbers: [2026, 3159],
    what: "no encrypted connection to the source",
    remedy: "none",
    advice: "look at the certificates and at require_secure_transport of the source, then start the threads",
  },
  {
    code: "source-offline",
    numbers: [3032],
    what: "the source refuses logins (offline_mode)",
    remedy: "wait",
    advice: "switch offline_mode off on the source (SET GLOBAL, RESET PERSIST); the replica tries again by itself",
  },
  {
    code: "source-out-of-connections",
    numbers: [1040, 1203, 1226],
    what: "the source has no connection left",
    remedy: "wait",
    advice: "the replica tries again by itself; end sessions on the source or raise its max_connections",
  },
  {
    code: "host-blocked",
    numbers: [1129],
    what: "the source blocks the replica's host after too many failed connections",
    remedy: "none",
    advice:
      "empty the host cache of the source (TRUNCATE performance_schema.host_cache, or FLUSH HOSTS), then start the threads",
  },
  {
    code: "same-server-uuid",
    numbers: [1593, 13117],
    text: /equal \w+ server UUIDs/i,
    what: "both servers bear the same server_uuid",
    remedy: "none",
    advice: "delete auto.cnf in the data folder of the node that was copied and restart that server",
  },
  {
    code: "same-server-id",
    numbers: [1593, 13117],
    text: /equal \w+ server ids/i,
    what: "replica and source bear the same server_id",
    remedy: "none",
    advice:
      "give each its own server_id in its option file (1 on the primary, 2 on the secondary) and restart the one that changes",
  },
  {
    code: "gtid-mode-differs",
    numbers: [1593, 13117],
    text: /GTID_MODE/i,
    what: "the two servers do not agree about GTID",
    remedy: "none",
    advice: "set gtid_mode alike on both (in its four steps, see the manual), then start the threads",
  },
  {
    code: "event-too-large",
    numbers: [1153, 13125],
    what: "an event is larger than the replica lets through",
    remedy: "none",
    advice: "raise replica_max_allowed_packet (slave_max_allowed_packet) on the replica, then start the threads",
  },
  {
    code: "relay-log-not-written",
    numbers: [1595, 13122],
    what: "the relay log cannot be written: mostly a full disk",
    remedy: "none",
    advice: "make room on the replica's disk, then start the threads",
  },
  {
    code: "relay-log-missing",
    numbers: [1872, 1871, 13123, 13124, 1201],
    what: "the relay log, or what the server keeps about it, is gone",
    remedy: "repoint",
    advice: "the source still has the events: they are fetched again from where the applier stands",
  },
  {
    code: "network-damage",
    numbers: [1743, 13115, 1623, 13118],
    what: "what arrives from the source is damaged on its way",
    remedy: "start-threads",
    advice: "the receiver asks again; should it return, look at the network between the nodes",
  },
];
