import type { Row } from "./dialect.ts";
import type { Fault, ReplicaStatus, Thread } from "./replica-status.ts";

/** Columns that leave something out when they are not empty. */
const filterColumns = [
  ...["Replicate_Do_DB", "Replicate_Ignore_DB", "Replicate_Do_Table", "Replicate_Ignore_Table"],
  ...["Replicate_Wild_Do_Table", "Replicate_Wild_Ignore_Table", "Replicate_Rewrite_DB", "Replicate_Ignore_Server_Ids"],
  ...["Replicate_Do_Domain_Ids", "Replicate_Ignore_Domain_Ids"],
];

/** Rows of SHOW REPLICA STATUS, SHOW SLAVE STATUS or SHOW ALL SLAVES STATUS; workers' rows as of showWorkerErrors. */
export const parseReplicaStatus = (rows: readonly Row[], workerErrors: readonly Row[]): readonly ReplicaStatus[] =>
  rows.map((row) => {
    const text = (...names: readonly string[]): string => String(column(row, names) ?? "");
    const number = (...names: readonly string[]): number => Number(column(row, names) ?? 0);
    const lag = column(row, ["Seconds_Behind_Source", "Seconds_Behind_Master"]);
    const channel = text("Channel_Name", "Connection_name");
    const workers = workerErrors.filter((worker) => String(worker.CHANNEL_NAME ?? "") === channel);
    return {
      channel,
      sourceHost: text("Source_Host", "Master_Host"),
      sourcePort: number("Source_Port", "Master_Port"),
      sourceUser: text("Source_User", "Master_User"),
      sourceServerId: number("Source_Server_Id", "Master_Server_Id"),
      sourceUuid: text("Source_UUID", "Master_UUID") || undefined,
      io: thread(text("Replica_IO_Running", "Slave_IO_Running"), {
        fault: fault(number("Last_IO_Errno"), text("Last_IO_Error")),
        activity: text("Replica_IO_State", "Slave_IO_State"),
      }),
      sql: thread(text("Replica_SQL_Running", "Slave_SQL_Running"), {
        fault: workerFault(workers, fault(number("Last_SQL_Errno"), text("Last_SQL_Error"))),
        activity: text("Replica_SQL_Running_State", "Slave_SQL_Running_State"),
      }),
      retrying: retrying(workers),
      lagSeconds: lag === null || lag === undefined ? null : Number(lag),
      received: {
        file: text("Source_Log_File", "Master_Log_File"),
        offset: number("Read_Source_Log_Pos", "Read_Master_Log_Pos"),
      },
      executed: {
        file: text("Relay_Source_Log_File", "Relay_Master_Log_File"),
        offset: number("Exec_Source_Log_Pos", "Exec_Master_Log_Pos"),
      },
      executedGtid: text("Executed_Gtid_Set", "Gtid_Slave_Pos").replaceAll("\n", "") || undefined,
      // MySQL says 1 or 0, MariaDB No, Slave_Pos or Current_Pos.
      autoPosition: !["0", "No", ""].includes(text("Auto_Position", "Using_Gtid")),
      relayLogBytes: number("Relay_Log_Space"),
      filters: filterColumns
        .map((name) => [name, text(name)])
        .flatMap(([name, value]) => (value ? [`${name}=${value}`] : [])),
      delaySeconds: number("SQL_Delay"),
      tls: text("Source_SSL_Allowed", "Master_SSL_Allowed") === "Yes",
    };
  });

const column = (row: Row, names: readonly string[]): unknown => row[names.find((name) => name in row) ?? ""];

/** "Connecting" is the receiver's; MariaDB also says "Preparing". */
const thread = (running: string, rest: Omit<Thread, "state">): Thread => ({
  state: running === "Yes" ? "running" : running === "No" || running === "" ? "stopped" : "connecting",
  ...rest,
});

const fault = (code: number, message: string): Fault | undefined => (code === 0 ? undefined : { code, message });

/** The coordinator only says that a worker failed; the worker names the table and the key. */
const workerFault = (workers: readonly Row[], coordinator: Fault | undefined): Fault | undefined => {
  if (!coordinator) return undefined;
  const failed = workers.filter((worker) => Number(worker.LAST_ERROR_NUMBER ?? 0) !== 0);
  const own = failed.find((worker) => Number(worker.LAST_ERROR_NUMBER) === coordinator.code) ?? failed[0];
  return own ? { code: Number(own.LAST_ERROR_NUMBER), message: String(own.LAST_ERROR_MESSAGE) } : coordinator;
};

const retrying = (workers: readonly Row[]): ReplicaStatus["retrying"] => {
  const worker = workers.find((row) => Number(row.APPLYING_TRANSACTION_RETRIES_COUNT ?? 0) > 0);
  if (!worker) return undefined;
  return {
    code: Number(worker.APPLYING_TRANSACTION_LAST_TRANSIENT_ERROR_NUMBER),
    message: String(worker.APPLYING_TRANSACTION_LAST_TRANSIENT_ERROR_MESSAGE),
    times: Number(worker.APPLYING_TRANSACTION_RETRIES_COUNT),
  };
};
