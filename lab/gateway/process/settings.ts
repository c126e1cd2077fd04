import { readFileSync } from "node:fs";
import type { HostName } from "../../record.ts";
import { type NodeProperties, parseNodeProperties } from "../node-properties.ts";
import type { GatewayTiming } from "../options.ts";
import { gatewayPaths } from "../paths.ts";

/** What the stand-in needs beyond node.properties. */
export interface HostSettings {
  readonly hostName: HostName;
  readonly address: string;
  readonly httpPort: number;
  readonly passwordFile: string;
  readonly ledgerFile: string;
  readonly timing: GatewayTiming;
}

export interface GatewaySettings extends HostSettings, NodeProperties {
  readonly password: string;
}

/** Throws when a file is missing or incomplete: such a gateway cannot start. */
export function readSettings(hostFolder: string): GatewaySettings {
  const paths = gatewayPaths(hostFolder);
  const host = JSON.parse(readFileSync(paths.settings, "utf8")) as HostSettings;
  return {
    ...host,
    ...parseNodeProperties(readFileSync(paths.nodeProperties, "utf8")),
    password: readFileSync(host.passwordFile, "utf8").replace(/\r?\n$/, ""),
  };
}
