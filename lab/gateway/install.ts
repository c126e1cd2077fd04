import { chmodSync, copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundle } from "../bundle.ts";
import { quoted } from "../shell-text.ts";
import { setBehaviour } from "./behaviour.ts";
import { writeControlFile } from "./control-file.ts";
import { loadControl } from "./load-control.ts";
import { nodePropertiesText } from "./node-properties.ts";
import { type GatewayHostOptions, productTiming } from "./options.ts";
import { gatewayPaths } from "./paths.ts";
import type { HostSettings } from "./process/settings.ts";

/** A small heap: three gateways run beside two servers. */
const javaOptions = "--max-old-space-size=128";

/**
 * Puts a gateway on a host: its `service` command, node.properties, process controller and settings. Starts nothing.
 * Safe to repeat, also while the gateway runs: it reads its settings at its next start. Good habits and the rate are
 * set again; whether load runs stays as it is.
 */
export async function installGateway(options: GatewayHostOptions): Promise<void> {
  const paths = gatewayPaths(options.hostFolder);
  for (const folder of ["gateway/run", "gateway/logs"]) makeFolder(join(options.hostFolder, folder));
  for (const name of ["ssg", "controller", "processes"] as const)
    placeScript(name, join(paths.controllerFolder, name === "processes" ? "processes.sh" : name));
  placeScript("service", paths.service);
  linkJava(paths.java);
  makeFolder(dirname(paths.program));
  bundle(new URL("process/main.ts", import.meta.url), paths.program);
  makeFolder(dirname(paths.nodeProperties));
  writeFileSync(paths.nodeProperties, nodePropertiesText(options), { mode: 0o600 });
  writeFileSync(paths.serviceSettings, serviceSettingsText(options), { mode: 0o600 });
  writeControlFile(paths.settings, settingsOf(options));
  setBehaviour(options.hostFolder, {});
  loadControl(options.hostFolder).rate(options.ratePerSecond);
}

const makeFolder = (folder: string): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
};

/** A new file each time: a shell that runs the old one reads on in it. */
function placeScript(name: string, file: string): void {
  makeFolder(dirname(file));
  rmSync(file, { force: true });
  copyFileSync(new URL(`host/${name}.sh`, import.meta.url), file);
  chmodSync(file, 0o755);
}

/** The gateway's processes are found by the path of their Java, as on the appliance. */
function linkJava(file: string): void {
  makeFolder(dirname(file));
  rmSync(file, { force: true });
  symlinkSync(process.execPath, file);
}

function serviceSettingsText({ hostFolder, mysqlService }: GatewayHostOptions): string {
  const { java, program, controllerFolder } = gatewayPaths(hostFolder);
  const values = {
    host: hostFolder,
    ssg: join(controllerFolder, "ssg"),
    mysql_start: mysqlService?.start ?? "",
    mysql_stop: mysqlService?.stop ?? "",
    mysql_status: mysqlService?.status ?? "",
    java,
    java_options: javaOptions,
    program,
  };
  return Object.entries(values)
    .map(([key, value]) => `${key}=${quoted(value)}\n`)
    .join("");
}

const settingsOf = (options: GatewayHostOptions): HostSettings => ({
  hostName: options.hostName,
  address: options.address,
  httpPort: options.httpPort,
  passwordFile: options.passwordFile,
  ledgerFile: options.ledgerFile,
  timing: { ...productTiming, ...options.timing },
});
