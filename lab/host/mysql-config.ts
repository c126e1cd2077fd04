import { userInfo } from "node:os";
import { join } from "node:path";
import type { ServerSoftware } from "../packages/software.ts";
import { hostOf, type LabRecord, type Side, socketOf } from "../record.ts";

type Options = Readonly<Record<string, string | number>>;

/** What a data folder is made with: the same for the template and for the nodes copied from it. */
const storage: Options = {
  innodb_buffer_pool_size: "64M",
  // The smallest that fits the load: a node with a small log starts in a second.
  innodb_redo_log_capacity: "64M",
};

const withSoftware = (server: ServerSoftware, options: Options): Options => ({
  ...(userInfo().uid === 0 ? { user: "root" } : {}),
  ...server.options,
  ...storage,
  ...options,
});

const optionFile = (options: Options): string =>
  `[mysqld]\n${Object.entries(options)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("")}`;

export const templateConfig = (server: ServerSoftware, dataFolder: string, errorLog: string): string =>
  optionFile(withSoftware(server, { datadir: dataFolder, log_error: errorLog, skip_log_bin: 1 }));

/** A node of the pair, as the appliance configures it: named logs, odd numbers on 1, even numbers on 2. */
export function nodeConfig(record: LabRecord, side: Side): string {
  const { folder, address } = hostOf(record, side);
  const number = side === "primary" ? 1 : 2;
  return optionFile(
    withSoftware(record.server, {
      server_id: number,
      bind_address: address,
      port: record.ports.mysql,
      report_host: address,
      report_port: record.ports.mysql,
      mysqlx: "OFF",
      datadir: join(folder, "data"),
      tmpdir: join(folder, "tmp"),
      secure_file_priv: join(folder, "tmp"),
      socket: socketOf(record, side),
      pid_file: join(folder, "mysqld.pid"),
      log_error: join(folder, "log/mysqld.err"),
      log_bin: "ssgbin-log",
      relay_log: "ssgrelay-bin",
      log_replica_updates: "ON",
      // As the manual asks for a replica that outlives a crash; without it 8.0.31 began its relay log anew after kill -9.
      relay_log_recovery: "ON",
      gtid_mode: record.server.gtid ? "ON" : "OFF",
      enforce_gtid_consistency: record.server.gtid ? "ON" : "OFF",
      log_bin_trust_function_creators: "ON",
      auto_increment_increment: 2,
      auto_increment_offset: number,
      skip_name_resolve: "ON",
      max_allowed_packet: "64M",
    }),
  );
}
