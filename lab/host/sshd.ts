import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { labFolder } from "../paths.ts";
import { commandLineOf } from "../processes.ts";
import type { LabHost, LabRecord } from "../record.ts";
import { run } from "../run.ts";
import { quoted } from "../shell-text.ts";
import { waitFor } from "../wait.ts";

export const loginKeyFile = (record: LabRecord): string => join(labFolder(record.name), "id_lab");

/** `<type> <base64>`, as the configuration of a stack pins it. */
export const hostKeyOf = (host: LabHost): string =>
  readFileSync(join(host.folder, "ssh/host.pub"), "utf8").split(" ").slice(0, 2).join(" ").trim();

export async function makeLoginKey(record: LabRecord): Promise<void> {
  await makeKey(loginKeyFile(record), `lab ${record.name}`);
}

/** Starts the host's own sshd: own address, own host key, the lab's login key. Does nothing when it runs. */
export async function startSshd(record: LabRecord, host: LabHost): Promise<void> {
  const folder = join(host.folder, "ssh");
  if (sshdPid(host)) return;
  await makeKey(join(folder, "host"), host.name);
  copyFileSync(`${loginKeyFile(record)}.pub`, join(folder, "authorized_keys"));
  writeFileSync(join(folder, "config"), configText(record, host));
  // Where a root sshd locks its unprivileged half in; the path is compiled in.
  if (userInfo().uid === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const environment = { ...process.env, LAB_HOST: host.folder, ...(await daemonEnvironment(record, folder)) };
  const words = ["-f", join(folder, "config"), "-E", join(folder, "log")];
  await run(record.sshd.sshd, words, { timeoutMs: 10_000, env: environment, called: `sshd of ${host.name}` });
  await waitFor(
    `sshd of ${host.name}`,
    async () => sshdPid(host),
    10_000,
    () => readFileSync(join(folder, "log"), "utf8"),
  );
}

/** Process id of the host's sshd, if it runs. */
export function sshdPid(host: LabHost): number | undefined {
  const file = join(host.folder, "ssh/pid");
  const pid = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  return pid && commandLineOf(pid).includes(join(host.folder, "ssh/config")) ? pid : undefined;
}

async function makeKey(file: string, comment: string): Promise<void> {
  if (existsSync(file)) return;
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file], { timeoutMs: 10_000 });
}

const configText = (record: LabRecord, host: LabHost): string => `\
ListenAddress ${host.address}
Port ${record.ports.ssh}
HostKey ${host.folder}/ssh/host
PidFile ${host.folder}/ssh/pid
AuthorizedKeysFile ${host.folder}/ssh/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AllowTcpForwarding yes
AllowStreamLocalForwarding yes
PrintMotd no
PrintLastLog no
Subsystem sftp ${record.sshd.sftpServer}
ForceCommand ${quoted(`${host.folder}/libexec/login`)}
${homeLine(host)}
${record.sshd.configLines.join("\n")}
`;

/** The user's shell runs the forced command, and would first read the start-up files of the real user's home. */
const homeLine = (host: LabHost): string => `SetEnv "HOME=${host.folder}/root"`;

/** A root sshd wants a user of its own name; where the machine has none, an unpacked sshd is shown one. */
async function daemonEnvironment(record: LabRecord, folder: string): Promise<Record<string, string>> {
  const { environment, nssWrapper } = record.sshd;
  const known = await run("getent", ["passwd", "sshd"], { timeoutMs: 5000, accept: [0, 2] });
  if (userInfo().uid !== 0 || !nssWrapper || known.exitCode === 0) return { ...environment };
  const passwd = join(folder, "passwd");
  const users = await run("getent", ["passwd"], { timeoutMs: 5000 });
  writeFileSync(passwd, `${users.stdout.trim()}\nsshd:x:64999:65534::/run/sshd:/usr/sbin/nologin\n`);
  return {
    ...environment,
    LD_PRELOAD: nssWrapper,
    NSS_WRAPPER_PASSWD: passwd,
    NSS_WRAPPER_GROUP: "/etc/group",
  };
}
