import { setTimeout as sleep } from "node:timers/promises";
import { defaultStartSeconds, readBehaviour } from "../behaviour.ts";
import { gatewayPaths } from "../paths.ts";
import { connectFrom } from "./connect.ts";
import { committedText, type Gateway } from "./gateway.ts";
import { goidSource } from "./goid.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { idSource } from "./ids.ts";
import { startLoad } from "./load.ts";
import { openLog } from "./log.ts";
import { startMonitor } from "./monitor.ts";
import { startPing } from "./ping.ts";
import { openSession } from "./session.ts";
import { readSettings } from "./settings.ts";

/** The gateway itself: its program and `<hostFolder>`, run by the process controller until SIGTERM. */
async function main(hostFolder: string): Promise<void> {
  const stopAsked = new Promise<void>((resolve) => process.on("SIGTERM", () => resolve()));
  const paths = gatewayPaths(hostFolder);
  const log = openLog(paths.log, paths.fullLog);
  process.on("uncaughtException", (error) => {
    log("SEVERE", "BootProcess", `Ends on an error of its own: ${error.stack}`);
    process.exit(1);
  });
  const behaviour = readBehaviour(hostFolder);
  const settings = readSettings(hostFolder);
  log("INFO", "BootProcess", `Starting, node ${settings.nodeId} on ${settings.hostName}`);
  await Promise.race([sleep((behaviour.startSeconds ?? defaultStartSeconds) * 1000), stopAsked]);
  if (behaviour.start === "fail") throw new Error("This gateway was told to fail to start");

  const newId = idSource((database) => log("INFO", "hibernate", committedText(database, "hibernate_unique_key")));
  const gateway: Gateway = { settings, log, newGoid: goidSource(), newId, requests: 0 };
  const connect = connectFrom(settings);
  const session = (name: string) =>
    openSession({
      ...{ connect, databases: settings.databases, timing: settings.timing },
      moved: (database) => log("INFO", "hibernate", `Session ${name} uses ${database}`),
    });
  const system = session("system");
  const serving = [session("1"), session("2")];
  let isMaster = false;
  const parts = [
    startHeartbeat(gateway, system, (is) => {
      isMaster = is;
    }),
    startMonitor(gateway, connect, () => isMaster),
    startLoad(gateway, serving, paths.load),
  ];
  const server = await startPing({ ...settings, timeoutMs: settings.timing.pingTimeoutMs }, system);
  log("INFO", "BootProcess", `Started, listening on ${settings.address}:${settings.httpPort}`);

  await stopAsked;
  log("INFO", "BootProcess", "Stopping");
  server.close();
  server.closeAllConnections();
  await Promise.all(parts.map((part) => part.stop()));
  await Promise.all([system, ...serving].map((each) => each.close()));
  log("INFO", "BootProcess", "Stopped");
  process.exit(0);
}

void main(process.argv[2] ?? "");
