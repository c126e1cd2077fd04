import { existsSync } from "node:fs";
import { join } from "node:path";
import { installGateways, startGateways } from "./application.ts";
import { applicationSchema } from "./gateway/schema.ts";
import { LabError } from "./lab-error.ts";
import { firstSoftware, softwareOf } from "./packages/choose.ts";
import { openssh } from "./packages/openssh.ts";
import type { Flavour } from "./packages/software.ts";
import { startPair } from "./pair.ts";
import { labFolder } from "./paths.ts";
import { findRecord, type LabRecord, writeRecord } from "./record.ts";
import { claimPlace } from "./registry.ts";
import type { Say } from "./say.ts";
import { prepareStack } from "./stack.ts";

export interface UpOptions {
  /** Absent: of an existing lab its own; of a new one the first that can be had. */
  readonly flavour?: Flavour;
  readonly profile?: LabRecord["profile"];
  readonly ratePerSecond?: number;
  readonly passwords?: LabRecord["passwords"];
  /** false: no Pulumi stack, so no CLI is needed. */
  readonly stack?: boolean;
}

/** Makes the lab, or starts an existing one with its data. Safe to repeat. */
export async function bringUp(name: string, options: UpOptions, say: Say): Promise<LabRecord> {
  const record = await recordFor(name, options, say);
  say(`MySQL ${record.server.version} (${record.server.origin}); ${record.sshd.version}`);
  await startPair(record, applicationSchema(), say);
  if (record.profile === "layer7-gateway") {
    await installGateways(record);
    await startGateways(record, say);
  }
  if (options.stack ?? true) await prepareStack(record, say);
  return record;
}

async function recordFor(name: string, options: UpOptions, say: Say): Promise<LabRecord> {
  refuseLongPath(name);
  const known = findRecord(name);
  if (known) refuseOtherKind(known, options);
  const flavour = known?.server.flavour ?? options.flavour;
  const kept = known && existsSync(known.server.mysqld) ? known.server : undefined;
  const server = kept ?? (flavour ? await softwareOf(flavour, say) : await firstSoftware(say));
  const sshd = known && existsSync(known.sshd.sshd) ? known.sshd : await openssh(say);
  const place = known ?? (await claimPlace(name, say));
  const record: LabRecord = {
    name,
    index: place.index,
    profile: known?.profile ?? options.profile ?? "layer7-gateway",
    ports: place.ports,
    ratePerSecond: options.ratePerSecond ?? known?.ratePerSecond ?? 5,
    passwords: known?.passwords ?? options.passwords ?? "plain",
    server,
    sshd,
  };
  writeRecord(record);
  return record;
}

/** A unix socket's path has at most 107 bytes; the servers would fail with a message that does not say so. */
function refuseLongPath(name: string): void {
  const bytes = Buffer.byteLength(join(labFolder(name), "secondary/mysql.sock"));
  if (bytes > 107)
    throw new LabError(
      `${labFolder(name)} is too long a path for a socket. Set REPLICATION_PAIR_LAB_HOME to a shorter one.`,
    );
}

/** What a lab is made of stays as it is. */
function refuseOtherKind(known: LabRecord, options: UpOptions): void {
  const asked: [what: string, is: string, wanted: string | undefined][] = [
    ["flavour", known.server.flavour, options.flavour],
    ["profile", known.profile, options.profile],
    ["passwords", known.passwords, options.passwords],
  ];
  for (const [what, is, wanted] of asked)
    if (wanted !== undefined && wanted !== is)
      throw new LabError(
        `Lab ${known.name} was made with ${what} ${is}, not ${wanted}. "npm run lab -- wipe --name ${known.name}" first, or take another name.`,
      );
}
