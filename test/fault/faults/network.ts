import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import type { Side } from "../../../lab/record.ts";
import { bothServed } from "../carry-by-hand.ts";
import { asFarAsReachable, type Fault, unseenDonor } from "../fault.ts";
import type { Excuses } from "../invariants/all.ts";
import { addressOf, donor, recipient } from "../nodes.ts";

const ip = (...words: string[]): void => void execFileSync("ip", words, { stdio: ["ignore", "ignore", "pipe"] });

/** Both ends of a cable of this address alone: several labs may be struck at the same time. */
const cable = (address: string): readonly [string, string] => {
  const number = address.split(".").slice(1).join("");
  return [`rpa${number}`, `rpb${number}`];
};

/** No login, no gateway of its host can be started from here, nor its guard ended; the others' guards stay for it. */
const unseenRecipient: Excuses = { primary: [7], secondary: [3, 4, 5, 7, 12], processing: [7] };

/**
 * What is sent to a node vanishes without a word, as behind a firewall: its address is led to one end of a cable whose
 * other end listens to nobody. What the node sends still arrives. (A blackhole route would fail at once.)
 */
const silentDrop = (side: Side, role: string): Fault => ({
  name: `silent-drop-${role}`,
  waits: true,
  expects: asFarAsReachable,
  at: () => side,
  excuses: side === donor ? unseenDonor : unseenRecipient,
  impossible: () =>
    userInfo().uid !== 0 || spawnSync("ip", ["-V"]).status !== 0
      ? "only root, with the program ip, can lead an address astray"
      : undefined,
  async inject({ lab }) {
    const address = addressOf(lab, side);
    const [end, other] = cable(address);
    ip("link", "add", end, "type", "veth", "peer", "name", other);
    for (const its of [end, other]) ip("link", "set", its, "up");
    writeFileSync(`/proc/sys/net/ipv4/conf/${end}/route_localnet`, "1");
    ip("neigh", "replace", address, "lladdr", "02:00:00:00:00:01", "dev", end, "nud", "permanent");
    ip("route", "add", "unicast", `${address}/32`, "dev", end, "table", "local", "src", "127.0.0.1");
  },
  async heal(lab) {
    const [end] = cable(addressOf(lab, side));
    if (existsSync(`/sys/class/net/${end}`)) ip("link", "del", end);
  },
});

export const silentDropRecipient = silentDrop(recipient, "recipient");

export const silentDropDonor: Fault = { ...silentDrop(donor, "donor"), mayRefuse: bothServed };
