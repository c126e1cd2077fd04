import { createHash } from "node:crypto";
import { join } from "node:path";
import { installGateway } from "./gateway/install.ts";
import { ledgerIdsQuery, missingIds, readLedger, unknownLedger } from "./gateway/ledger.ts";
import { loadControl } from "./gateway/load-control.ts";
import { gatewayPaths, processPattern } from "./gateway/paths.ts";
import { hostService } from "./host/service.ts";
import { LabError } from "./lab-error.ts";
import { secretFile } from "./passwords.ts";
import { addressOf, hostNames, hostsOf, type LabHost, type LabRecord, type Side } from "./record.ts";
import { waitCaughtUp } from "./replication.ts";
import { type Say, sayWhile } from "./say.ts";
import { withSql } from "./sql.ts";
import { waitFor } from "./wait.ts";

export interface LoadStatus {
  readonly running: boolean;
  /** Of all gateways together. */
  readonly ratePerSecond: number;
  /** Audits whose commit was acknowledged, of all gateways. */
  readonly committed: number;
  /** Audits whose commit was never answered: there or not. */
  readonly unknown: number;
}

export const ledgerOf = (host: LabHost): string => join(host.folder, "gateway/ledger");

const pingUrl = (record: LabRecord, host: LabHost): string => `http://${host.address}:${record.ports.http}/ssg/ping`;

/** Writes the gateway of each host and its `service` command; those that run go on with what they have read. */
export async function installGateways(record: LabRecord): Promise<void> {
  const port = record.ports.mysql;
  for (const host of hostsOf(record)) {
    const mysql = join(host.folder, "libexec/mysql-service");
    await installGateway({
      hostFolder: host.folder,
      hostName: host.name,
      address: host.address,
      httpPort: record.ports.http,
      nodeId: nodeId(record, host),
      databases: [
        { host: addressOf(record.index, "primary"), port },
        { host: addressOf(record.index, "secondary"), port },
      ],
      user: "gateway",
      passwordFile: secretFile(record, "gateway"),
      ratePerSecond: record.ratePerSecond,
      ledgerFile: ledgerOf(host),
      ...(host.name === "processing" ? {} : { mysqlService: { start: mysql, stop: mysql, status: mysql } }),
    });
  }
}

/** 32 hex digits; the primary's is the lowest, so that its gateway is the cluster's master. */
const nodeId = (record: LabRecord, host: LabHost): string =>
  `${hostNames.indexOf(host.name) + 1}${createHash("sha256").update(`${record.name}/${host.name}`).digest("hex").slice(1, 32)}`;

/** Starts the gateways and waits until each answers its ping, which means that it reaches a database. */
export async function startGateways(record: LabRecord, say: Say): Promise<void> {
  const start = async (host: LabHost) => {
    await hostService(host, "ssg", "start", 90_000);
    await waitFor(`the gateway on ${host.name} to answer`, () => pings(record, host), 60_000);
  };
  await sayWhile(say, "Starting the gateways on three hosts", Promise.all(hostsOf(record).map(start)));
}

export async function stopGateways(record: LabRecord, limitMs = 90_000): Promise<void> {
  if (record.profile === "layer7-gateway")
    await Promise.all(hostsOf(record).map((host) => hostService(host, "ssg", "stop", limitMs)));
}

async function pings(record: LabRecord, host: LabHost): Promise<boolean> {
  const answer = await fetch(pingUrl(record, host), { signal: AbortSignal.timeout(6000) }).catch(() => undefined);
  return answer?.ok ?? false;
}

/** The `gateway` block of a host in a stack's settings. */
export const gatewayOf = (record: LabRecord, host: LabHost) => ({
  address: host.address,
  ports: [record.ports.http],
  processPattern: processPattern(host.folder),
  start: ["service", "ssg", "start"],
  stop: ["service", "ssg", "stop"],
  status: ["service", "ssg", "status"],
  pingUrl: pingUrl(record, host),
  propertiesFile: gatewayPaths(host.folder).nodeProperties,
});

/** `ratePerSecond`: of each gateway; absent: the lab's. */
export async function setLoad(record: LabRecord, verb: "start" | "stop", ratePerSecond?: number): Promise<void> {
  if (record.profile !== "layer7-gateway") throw new LabError("A lab of profile plain-mysql has no gateways to load.");
  for (const host of hostsOf(record)) {
    const control = loadControl(host.folder);
    if (verb === "start") control.start(ratePerSecond ?? record.ratePerSecond);
    else control.stop();
  }
}

export async function loadStatus(record: LabRecord): Promise<LoadStatus> {
  const settings = hostsOf(record).map((host) => loadControl(host.folder).status());
  const ledgers = hostsOf(record).map(ledgerOf);
  return {
    running: settings.some((its) => its.running),
    ratePerSecond: settings.reduce((sum, its) => sum + (its.running ? its.ratePerSecond : 0), 0),
    committed: readLedger(ledgers).length,
    unknown: readLedger(ledgers.map(unknownLedger)).length,
  };
}

/** Both links must run. A load that was told to stop may still write: what is in the ledger by now is waited for. */
export const ledgerIdsMissing = (record: LabRecord, side: Side): Promise<readonly string[]> =>
  missingIds(async () => {
    await waitCaughtUp(record, side);
    return withSql(record, side, async (sql) => (await sql.query<{ id: string }>(ledgerIdsQuery)).map(({ id }) => id));
  }, hostsOf(record).map(ledgerOf));

export async function applicationStatus(record: LabRecord): Promise<readonly string[]> {
  const gateways = await Promise.all(
    hostsOf(record).map(async (host) => `${host.name} ${(await pings(record, host)) ? "serves" : "does not answer"}`),
  );
  const load = await loadStatus(record);
  const rate = load.running ? `${load.ratePerSecond} requests a second` : "off";
  return [
    `  gateways    ${gateways.join(", ")}`,
    `  load        ${rate}; ${load.committed} audits committed, ${load.unknown} of unknown fate`,
  ];
}
