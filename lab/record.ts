import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "./lab-error.ts";
import type { ServerSoftware, SshSoftware } from "./packages/software.ts";
import { labFolder } from "./paths.ts";

export const hostNames = ["primary", "secondary", "processing"] as const;
export type HostName = (typeof hostNames)[number];
export type Side = "primary" | "secondary";
export const sides: readonly Side[] = ["primary", "secondary"];
export const otherSide = (side: Side): Side => (side === "primary" ? "secondary" : "primary");

/** What a lab was made with: stays as it is until the lab is wiped. */
export interface LabRecord {
  readonly name: string;
  /** Number in this user's registry; the third part of its addresses. */
  readonly index: number;
  readonly profile: "layer7-gateway" | "plain-mysql";
  readonly ports: { readonly mysql: number; readonly ssh: number; readonly http: number };
  readonly ratePerSecond: number;
  readonly passwords: "plain" | "awkward";
  readonly server: ServerSoftware;
  readonly sshd: SshSoftware;
}

export interface LabHost {
  readonly name: HostName;
  readonly folder: string;
  readonly address: string;
}

export const addressOf = (index: number, name: HostName): string => `127.77.${index}.${hostNames.indexOf(name) + 1}`;

export const hostOf = (record: LabRecord, name: HostName): LabHost => ({
  name,
  folder: join(labFolder(record.name), name),
  address: addressOf(record.index, name),
});

export const hostsOf = (record: LabRecord): readonly LabHost[] => hostNames.map((name) => hostOf(record, name));

export const socketOf = (record: LabRecord, side: Side): string => join(hostOf(record, side).folder, "mysql.sock");

const recordFile = (name: string): string => join(labFolder(name), "lab.json");

export function findRecord(name: string): LabRecord | undefined {
  const file = recordFile(name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as LabRecord) : undefined;
}

export function readRecord(name: string): LabRecord {
  const found = findRecord(name);
  if (!found)
    throw new LabError(`There is no lab "${name}". "npm run lab -- up --name ${name}" makes it; "... list" shows all.`);
  return found;
}

export const writeRecord = (record: LabRecord): void =>
  writeFileSync(recordFile(record.name), `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
