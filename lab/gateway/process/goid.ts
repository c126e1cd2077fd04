import { randomBytes } from "node:crypto";

/** Keys as the product makes them: a random prefix per start of a gateway, then a counter. */
export function goidSource(prefix: Buffer = randomBytes(8)): () => Buffer {
  let last = 0n;
  return () => {
    last += 1n;
    const goid = Buffer.alloc(16);
    prefix.copy(goid);
    goid.writeBigUInt64BE(last, 8);
    return goid;
  };
}

export const goidText = (goid: Buffer): string => goid.toString("hex").toUpperCase();
