import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import type { Lab } from "../../../lab/lab.ts";
import type { Fault } from "../fault.ts";
import { recipient } from "../nodes.ts";
import { sshdDown } from "./ssh.ts";

const ip = (...words: string[]): void => void execFileSync("ip", words, { stdio: ["ignore", "ignore", "pipe"] });

const LINK = "rpfault0";
const PEER = "rpfault1";

const addressOf = (lab: Lab): string => lab.hosts().find(({ name }) => name === recipient)?.address ?? "";

/**
 * What is sent to the recipient vanishes without a word, as behind a firewall: its address is led to one end of a cable
 * whose other end listens to nobody. What the recipient sends still arrives. (A blackhole route would fail at once.)
 */
export const silentDrop: Fault = {
  name: "silent-drop",
  expects: sshdDown.expects,
  excuses: [4, 7, 12],
  impossible: () =>
    userInfo().uid !== 0 || spawnSync("ip", ["-V"]).status !== 0
      ? "only root, with the program ip, can lead an address astray"
      : undefined,
  async inject({ lab }) {
    const address = addressOf(lab);
    ip("link", "add", LINK, "type", "veth", "peer", "name", PEER);
    for (const end of [LINK, PEER]) ip("link", "set", end, "up");
    writeFileSync(`/proc/sys/net/ipv4/conf/${LINK}/route_localnet`, "1");
    ip("neigh", "replace", address, "lladdr", "02:00:00:00:00:01", "dev", LINK, "nud", "permanent");
    ip("route", "add", "unicast", `${address}/32`, "dev", LINK, "table", "local", "src", "127.0.0.1");
  },
  async heal() {
    if (existsSync(`/sys/class/net/${LINK}`)) ip("link", "del", LINK);
  },
};
