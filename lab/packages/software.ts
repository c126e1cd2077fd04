/** The kinds of server that the lab can get, the default first. */
export const flavours = ["mysql-9.7", "mysql-8.0", "system"] as const;
export type Flavour = (typeof flavours)[number];

/** A server and its client programs, ready to run on this machine. */
export interface ServerSoftware {
  readonly flavour: Flavour;
  /** Of the server, as its package names it. */
  readonly version: string;
  /** Where it came from, one line. */
  readonly origin: string;
  readonly mysqld: string;
  /** Folder with mysql, mysqldump, mysqladmin, mysqlbinlog. */
  readonly clientFolder: string;
  /** What its [mysqld] section must say so that it finds its own files. */
  readonly options: Readonly<Record<string, string>>;
  readonly gtid: boolean;
}

/** The sshd that the lab runs, and its sftp server. */
export interface SshSoftware {
  readonly version: string;
  readonly sshd: string;
  readonly sftpServer: string;
  /** Lines that an unpacked sshd needs in its configuration to find its own parts. */
  readonly configLines: readonly string[];
  /** Variables of the daemon itself; sessions do not inherit them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Library that lets the daemon see a user "sshd" on a machine that has none. */
  readonly nssWrapper?: string;
}
