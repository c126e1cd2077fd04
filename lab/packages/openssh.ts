import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../run.ts";
import type { Say } from "../say.ts";
import { downloadDebs, unpackDebs, versionOf } from "./apt.ts";
import { cached } from "./cached.ts";
import { librariesOf } from "./launcher.ts";
import type { SshSoftware } from "./software.ts";
import { onPath } from "./system.ts";

/** The machine's sshd, else one unpacked from this machine's own suite (a fresh machine has none). */
export async function openssh(say: Say): Promise<SshSoftware> {
  const sshd = process.env.REPLICATION_PAIR_LAB_SSHD === "unpacked" ? undefined : onPath("sshd");
  if (!sshd) return unpackedOpenssh(say);
  const sftpServer = ["/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/lib/ssh/sftp-server"];
  // -V came with OpenSSH 9.2; older ones print their usage, which holds the version too.
  const said = await run(sshd, ["-V"], { timeoutMs: 5000, accept: [0, 1, 255] });
  return {
    version: `${/OpenSSH_[^ ,]+/.exec(said.stderr)?.[0] ?? "sshd"} (${sshd})`,
    sshd,
    sftpServer: sftpServer.find((path) => existsSync(path)) ?? "internal-sftp",
    configLines: [],
    environment: {},
  };
}

async function unpackedOpenssh(say: Say): Promise<SshSoftware> {
  const { version, folder } = await cached("openssh", 100e6, say, async (fresh) => {
    const aptFolder = join(fresh, "apt");
    const packages = ["openssh-server", "openssh-sftp-server", "libwrap0", "libnss-wrapper"];
    const request = { what: "OpenSSH", packages, assumeInstalled: "machine" } as const;
    const debs = await downloadDebs(aptFolder, request, say);
    await unpackDebs(debs, join(fresh, "root"), /^$/, say);
    await rm(aptFolder, { recursive: true });
    return versionOf(debs, "openssh-server");
  });
  const root = join(folder, "root");
  const libraries = librariesOf(root);
  // Since 9.8 sshd is several programs, and each must be told where the next lies.
  const parts = { SshdSessionPath: "sshd-session", SshdAuthPath: "sshd-auth" };
  return {
    version: `OpenSSH ${version}, unpacked`,
    sshd: join(root, "usr/sbin/sshd"),
    sftpServer: join(root, "usr/lib/openssh/sftp-server"),
    configLines: Object.entries(parts)
      .map(([key, name]) => [key, join(root, "usr/lib/openssh", name)] as const)
      .filter(([, path]) => existsSync(path))
      .map(([key, path]) => `${key} ${path}`),
    environment: { LD_LIBRARY_PATH: libraries },
    nssWrapper: join(libraries, "libnss_wrapper.so"),
  };
}
