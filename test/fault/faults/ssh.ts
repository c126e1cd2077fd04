import { readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { sshdPid, startSshd } from "../../../lab/host/sshd.ts";
import type { Lab } from "../../../lab/lab.ts";
import { signal } from "../../../lab/processes.ts";
import { type HostName, hostOf, type Side } from "../../../lab/record.ts";
import { run } from "../../../lab/run.ts";
import { waitFor } from "../../../lab/wait.ts";
import { asFarAsReachable, type Fault, unseenDonor } from "../fault.ts";
import type { Excuses } from "../invariants/all.ts";
import { donor, hostFolder, recipient } from "../nodes.ts";

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
const unseenRecipient: Excuses = { primary: [7], secondary: [4, 5, 7, 12], processing: [7] };

export const sshSessionKilled: Fault = {
  name: "ssh-session-killed",
  expects: () => ["finished"],
  async inject({ lab }) {
    for (const { name } of lab.hosts()) cutConnections(lab, name);
  },
};

/** What has become of the login of one node. */
const shellOf = (side: Side): Pick<Fault, "expects" | "at" | "excuses"> => ({
  expects: asFarAsReachable,
  at: () => side,
  excuses: side === donor ? unseenDonor : unseenRecipient,
});

const sshdDown = (side: Side, role: string): Fault => ({
  ...shellOf(side),
  name: `sshd-down-${role}`,
  inject: ({ lab }) => stopSshd(lab, side),
  heal: (lab) => start(lab, side),
});

export const donorSshdDown = sshdDown(donor, "donor");
export const recipientSshdDown = sshdDown(recipient, "recipient");

const keyFiles = (lab: Lab, side: Side): readonly string[] => {
  const key = join(hostFolder(lab, side), "ssh/host");
  return [key, `${key}.pub`];
};

const hostKeyChanged = (side: Side, role: string): Fault => ({
  ...shellOf(side),
  name: `host-key-changed-${role}`,
  says: /host key/i,
  async inject({ lab }) {
    await stopSshd(lab, side);
    for (const file of keyFiles(lab, side)) renameSync(file, `${file}.kept`);
    const [key = ""] = keyFiles(lab, side);
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key], { timeoutMs: 10_000 });
    await start(lab, side);
  },
  async heal(lab) {
    await stopSshd(lab, side);
    for (const file of keyFiles(lab, side)) renameSync(`${file}.kept`, file);
    await start(lab, side);
  },
});

export const donorHostKeyChanged = hostKeyChanged(donor, "donor");
export const recipientHostKeyChanged = hostKeyChanged(recipient, "recipient");
