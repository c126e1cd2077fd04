import { createHash } from "node:crypto";
import { UnreachableError } from "../errors.ts";

/** A pinned host key: `<type> <base64>`, as in the .pub file of the server or a line of known_hosts. */
export interface HostKey {
  readonly type: string;
  readonly raw: Buffer;
}

/** Type of a raw public key: its first field (RFC 4253, 6.6). */
export const keyType = (raw: Buffer): string => {
  if (raw.length < 4) return "";
  return raw.subarray(4, 4 + raw.readUInt32BE(0)).toString("latin1");
};

/** As `ssh-keygen -l` prints it. */
export const fingerprint = (raw: Buffer): string =>
  `SHA256:${createHash("sha256").update(raw).digest("base64").replace(/=+$/, "")}`;

export const parseHostKey = (text: string, node: string): HostKey => {
  const [type = "", base64 = ""] = text.trim().split(/\s+/);
  const raw = Buffer.from(base64, "base64");
  if (type === "" || keyType(raw) !== type)
    throw new UnreachableError(`${node}: the pinned host key is not of the form "<type> <base64>"`, {
      node,
      next: `Read it on the node itself (cat /etc/ssh/ssh_host_ed25519_key.pub) and put its first two words into hostKey.`,
    });
  return { type, raw };
};

/** Signature algorithms to ask for, so that the server shows the key of the pinned type and no other. */
export const algorithmsFor = (type: string): readonly string[] =>
  type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [type];
