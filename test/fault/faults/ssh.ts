import { copyFileSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { sshdPid, startSshd } from "../../../lab/host/sshd.ts";
import type { Lab } from "../../../lab/lab.ts";
import { signal } from "../../../lab/processes.ts";
import { type HostName, hostOf } from "../../../lab/record.ts";
import { run } from "../../../lab/run.ts";
import { waitFor } from "../../../lab/wait.ts";
import { asFarAsReachable, type Fault } from "../fault.ts";
import type { Excuses } from "../invariants/all.ts";
import { hostFolder, recipient } from "../nodes.ts";

const parentOf = (pid: string): number => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(") ") + 2).split(" ")[1]);
  } catch {
    return 0; // it has ended
  }
};

/** The connections of a host: children of its listener. Jobs are none of them. */
const connections = (lab: Lab, name: HostName): readonly number[] => {
  const listener = sshdPid(hostOf(lab.record(), name));
  return listener === undefined
    ? []
    : readdirSync("/proc")
        .filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === listener)
        .map(Number);
};

const cutConnections = (lab: Lab, name: HostName): void => {
  for (const pid of connections(lab, name)) signal(pid, "SIGKILL");
};

const stopSshd = async (lab: Lab, name: HostName): Promise<void> => {
  const listener = sshdPid(hostOf(lab.record(), name));
  const open = connections(lab, name);
  for (const pid of [...(listener ? [listener] : []), ...open]) signal(pid, "SIGKILL");
  await waitFor("sshd to be gone", async () => sshdPid(hostOf(lab.record(), name)) === undefined, 5_000);
};

const start = (lab: Lab, name: HostName): Promise<void> => startSshd(lab.record(), hostOf(lab.record(), name));

/** The gateway of that host cannot be started from here, nor its guard ended, which starts it; then the others stay too. */
const withoutShell: Excuses = { primary: [7], secondary: [4, 5, 7, 12], processing: [7] };

export const sshSessionKilled: Fault = {
  name: "ssh-session-killed",
  expects: () => ["finished"],
  async inject({ lab }) {
    for (const { name } of lab.hosts()) cutConnections(lab, name);
  },
};

export const sshdDown: Fault = {
  name: "sshd-down",
  expects: asFarAsReachable,
  at: () => recipient,
  excuses: withoutShell,
  inject: ({ lab }) => stopSshd(lab, recipient),
  heal: (lab) => start(lab, recipient),
};

export const hostKeyChanged: Fault = {
  name: "host-key-changed",
  says: /host key/i,
  expects: asFarAsReachable,
  at: () => recipient,
  excuses: withoutShell,
  async inject({ lab }) {
    await stopSshd(lab, recipient);
    const key = join(hostFolder(lab, recipient), "ssh/host");
    for (const end of ["", ".pub"]) {
      copyFileSync(`${key}${end}`, `${key}${end}.kept`);
      rmSync(`${key}${end}`);
    }
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key], { timeoutMs: 10_000 });
    await start(lab, recipient);
  },
  async heal(lab) {
    await stopSshd(lab, recipient);
    const key = join(hostFolder(lab, recipient), "ssh/host");
    for (const end of ["", ".pub"]) copyFileSync(`${key}${end}.kept`, `${key}${end}`);
    await start(lab, recipient);
  },
};
