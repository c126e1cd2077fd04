import type { Cause } from "./cause.ts";

const numbers = [1236, 13114];
const gone = "the source no longer has the events that the replica needs next, so the link cannot be pointed at them";

/** Why a source cannot send what the receiver asks for. One number, told apart by the words of each generation. */
export const sourceLogCauses: readonly Cause[] = [
  {
    code: "log-bin-off",
    numbers,
    text: /binary log is not open/i,
    what: "the source writes no binary log",
    remedy: "none",
    advice: "set log_bin in the source's option file and restart it; afterwards the link needs a reinitialisation",
  },
  {
    code: "event-too-large",
    numbers,
    text: /max_allowed_packet/i,
    what: "an event is larger than max_allowed_packet lets through",
    remedy: "none",
    advice:
      "raise max_allowed_packet on the source and replica_max_allowed_packet (slave_max_allowed_packet) on the replica, then start the threads",
  },
  {
    code: "source-was-reset",
    numbers,
    text: /has more GTIDs than|slave state .*diverged|not in the master's binlog|no such GTID/i,
    what: "the replica has transactions of its source that the source itself lacks: it was reset, or lost the end of its log in a crash",
    remedy: "reinitialise",
    advice: "the source's numbers do not go on where the replica stands; only the contents tell which side is right",
  },
  {
    code: "source-log-lost",
    numbers,
    text: /could not find first log|purged|could not find GTID state|missing the GTID|requested .* not found/i,
    what: "the source purged or reset the binary log before the replica had read it",
    remedy: "reinitialise",
    advice: gone,
  },
  {
    code: "position-beyond-log",
    numbers,
    text: /position > file size|impossible position/i,
    what: "the replica stands behind the end of the source's log: the source lost its tail in a crash, or the position is wrong",
    remedy: "reinitialise",
    advice: "where the replica stands does not exist in the source's log, so there is no position to go on from",
  },
  {
    code: "source-log-unreadable",
    numbers,
    text: /truncated in the middle|bogus data|corrupt|checksum|unknown error reading/i,
    what: "the source cannot read its log at the replica's position: a position inside an event, or a damaged log",
    remedy: "reinitialise",
    advice: "the position is inside an event or the log is damaged there, so there is no position to go on from",
  },
  {
    code: "source-log-error",
    numbers,
    what: "the source cannot send its log, for a reason that is not known here",
    remedy: "none",
    advice: "see the error log of the source; to copy the recipient anew, change replication-pair:triggers",
  },
];
