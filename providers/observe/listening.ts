import { isIP } from "node:net";

export interface Listener {
  /** As the kernel prints it: 8 or 32 hexadecimal digits, 32-bit words in the machine's byte order. */
  readonly addressHex: string;
  readonly port: number;
}

/** Parses the local_address column of /proc/net/tcp and tcp6, such as "0100007F:1F90". */
export const parseListener = (text: string): Listener | undefined => {
  const match = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/i.exec(text);
  return match ? { addressHex: match[1]?.toUpperCase() ?? "", port: Number.parseInt(match[2] ?? "", 16) } : undefined;
};

/** Ports on which something listens at this address or at every address; a host name matches every listener. */
export const portsAt = (address: string, listeners: readonly Listener[]): readonly number[] => {
  const wanted = addressForms(address);
  const ports = listeners
    .filter(({ addressHex }) => wanted === undefined || wanted.includes(addressHex) || isWildcard(addressHex))
    .map(({ port }) => port);
  return [...new Set(ports)].sort((a, b) => a - b);
};

/** 0.0.0.0, :: and ::ffff:0.0.0.0. */
const isWildcard = (hex: string): boolean => /^0+$/.test(hex) || hex === `${mappedPrefix}00000000`;

// Java listens on IPv4 addresses through IPv6 sockets: ::ffff:a.b.c.d.
const mappedPrefix = "0000000000000000FFFF0000";

const addressForms = (address: string): readonly string[] | undefined => {
  if (isIP(address) !== 4) return undefined;
  // Little-endian words on every machine that runs the appliance (x86, arm64).
  const hex = address
    .split(".")
    .reverse()
    .map((part) => Number(part).toString(16).padStart(2, "0"))
    .join("")
    .toUpperCase();
  return [hex, mappedPrefix + hex];
};
