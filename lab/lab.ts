import { join } from "node:path";
import { type LoadStatus, loadStatus, setLoad, startGateways, stopGateways } from "./application.ts";
import { findBreak } from "./breaks/all.ts";
import { checksums, differingTables, lastingDifferences, missingIds } from "./contents.ts";
import { heal } from "./heal.ts";
import { mysqlService } from "./host/mysqld.ts";
import { hostKeyOf, loginKeyFile } from "./host/sshd.ts";
import { LabError } from "./lab-error.ts";
import { withLock } from "./lock.ts";
import { cacheFolder, labFolder } from "./paths.ts";
import { processesOf } from "./processes.ts";
import { hostOf, hostsOf, type LabHost, type LabRecord, readRecord, type Side, sides } from "./record.ts";
import { type LinkStatus, linkStatus, waitCaughtUp } from "./replication.ts";
import type { Say } from "./say.ts";
import { silent } from "./say.ts";
import { withSql } from "./sql.ts";
import { stackEnvironment, stackName } from "./stack.ts";
import { takeDown, wipe } from "./stop.ts";
import { bringUp, type UpOptions } from "./up.ts";

/** A lab as tests, the demo and benchmarks use it. It need not exist yet: `up` makes it. */
export interface Lab {
  readonly name: string;
  readonly folder: string;
  /** Pulumi stack, and the whole environment under which the CLI finds it. */
  readonly stack: string;
  environment(): NodeJS.ProcessEnv;
  record(): LabRecord;
  hosts(): readonly LabHost[];
  up(options?: UpOptions): Promise<LabRecord>;
  down(): Promise<void>;
  wipe(): Promise<void>;
  /** `replica`: the link to break, where there is a choice. */
  break(how: string, replica?: Side): Promise<void>;
  heal(): Promise<void>;
  /** One statement as root, through the server's socket. */
  sql<Row = Record<string, unknown>>(side: Side, text: string, values?: readonly unknown[]): Promise<Row[]>;
  link(replica: Side): Promise<LinkStatus | undefined>;
  server(side: Side, verb: "start" | "stop"): Promise<void>;
  gateways(verb: "start" | "stop"): Promise<void>;
  load(verb: "start" | "stop", ratePerSecond?: number): Promise<void>;
  loadStatus(): Promise<LoadStatus>;
  /** Waits until both sides have applied what the other has written by now. */
  caughtUp(): Promise<void>;
  checksums(side: Side): Promise<Record<string, string>>;
  differingTables(): Promise<readonly string[]>;
  /** Once nothing but heartbeats writes: what still differs after so long. */
  lastingDifferences(limitMs: number): Promise<readonly string[]>;
  /** Ids that a gateway was told are committed and that a side does not have. */
  missingIds(side: Side): Promise<readonly string[]>;
  ssh(host: LabHost): { host: string; port: number; hostKey: string; privateKeyPath: string };
  processes(): readonly { pid: number; commandLine: string }[];
}

export function openLab(name = "lab", say: Say = silent): Lab {
  const record = () => readRecord(name);
  const folder = labFolder(name);
  /** One command at a time changes a lab. */
  const alone = <T>(work: () => Promise<T>): Promise<T> =>
    withLock(join(cacheFolder(), "labs", `.${name}.lock`), 10 * 60_000, say, work);
  return {
    name,
    folder,
    stack: stackName(name),
    environment: () => stackEnvironment(name),
    record,
    hosts: () => hostsOf(record()),
    up: (options = {}) => alone(() => bringUp(name, options, say)),
    down: () => alone(() => takeDown(record(), say)),
    wipe: () => alone(() => wipe(name, say)),
    break: (how, replica) => alone(() => breakLab(record(), how, replica, say)),
    heal: () => alone(() => heal(record(), say)),
    sql: (side, text, values) => withSql(record(), side, (sql) => sql.query(text, values)),
    link: (replica) => linkStatus(record(), replica),
    server: (side, verb) => mysqlService(record(), side, verb),
    gateways: (verb) => (verb === "start" ? startGateways(record(), say) : stopGateways(record())),
    load: (verb, ratePerSecond) => setLoad(record(), verb, ratePerSecond),
    loadStatus: () => loadStatus(record()),
    caughtUp: async () => {
      for (const side of sides) await waitCaughtUp(record(), side);
    },
    checksums: (side) => checksums(record(), side),
    differingTables: () => differingTables(record()),
    lastingDifferences: (limitMs) => lastingDifferences(record(), limitMs),
    missingIds: (side) => missingIds(record(), side),
    ssh: (host) => ({
      host: host.address,
      port: record().ports.ssh,
      hostKey: hostKeyOf(hostOf(record(), host.name)),
      privateKeyPath: loginKeyFile(record()),
    }),
    processes: () => processesOf(folder),
  };
}

async function breakLab(record: LabRecord, how: string, replica: Side | undefined, say: Say): Promise<void> {
  const its = findBreak(how);
  if (replica && !its.usualReplica && its.name !== "not-configured")
    throw new LabError(`"${how}" always breaks the same thing: leave --link out.`);
  await its.run({ record, replica: replica ?? its.usualReplica ?? "secondary", asked: replica !== undefined, say });
}
