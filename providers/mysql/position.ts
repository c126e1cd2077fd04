/** Binary log coordinates. */
export interface Coordinates {
  readonly file: string;
  readonly offset: number;
}

/** Where a server's binary log stands. `gtid` is the executed GTID set (MySQL) or gtid_binlog_pos (MariaDB); absent: GTID is off. */
export interface LogPosition extends Coordinates {
  readonly gtid?: string | undefined;
}
