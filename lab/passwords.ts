import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { labFolder } from "./paths.ts";
import type { LabRecord } from "./record.ts";

/** root and repl per server: each node's accounts are its own. gateway: the application's, the same on both. */
export type SecretName = "root-primary" | "root-secondary" | "repl-primary" | "repl-secondary" | "gateway";

export const secretFile = (record: LabRecord, name: SecretName): string =>
  join(labFolder(record.name), "secrets", name);

/** A password of the lab, made at random the first time it is asked for. */
export function secret(record: LabRecord, name: SecretName): string {
  const file = secretFile(record, name);
  if (!existsSync(file)) {
    mkdirSync(join(labFolder(record.name), "secrets"), { recursive: true, mode: 0o700 });
    writeFileSync(file, randomPassword(record.passwords), { mode: 0o600, flag: "wx" });
  }
  return readFileSync(file, "utf8");
}

/** Another one in its place; who is told of it is the caller's business. */
export function renewSecret(record: LabRecord, name: SecretName): string {
  writeFileSync(secretFile(record, name), randomPassword(record.passwords), { mode: 0o600 });
  return secret(record, name);
}

/** Awkward: everything that breaks shells, option files, SQL text and URLs. A link's password has at most 32 characters. */
const randomPassword = (kind: LabRecord["passwords"]): string =>
  kind === "plain" ? randomBytes(12).toString("hex") : `-a'b"c\\d#e=f$g%h;\`é ${randomBytes(5).toString("hex")}`;

/** A value for a MySQL option file: quoted, so that # and spaces belong to it. */
export const optionValue = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
