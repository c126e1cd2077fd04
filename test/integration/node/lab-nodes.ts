import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostKeyOf, sshdPid, startSshd } from "../../../lab/host/sshd.ts";
import { type Lab, openLab } from "../../../lab/lab.ts";
import type { Flavour } from "../../../lab/packages/software.ts";
import type { LabHost, LabRecord, Side } from "../../../lab/record.ts";
import { stackSettings } from "../../../lab/stack-settings.ts";
import type { Shell } from "../../../providers/node/node.ts";
import { openShell } from "../../../providers/node/open-node.ts";
import type { DatabaseNode, Host } from "../../../providers/pair.ts";

export const flavours: readonly Flavour[] = ["mysql-9.7", "mysql-8.0"];

const labs = new Map<string, Promise<Lab>>();

/**
 * A lab without gateways and without a stack, with passwords that break what can be broken; one for all tests of a suite
 * that ask for it by the same name: suites run side by side.
 */
export const bringUp = (flavour: Flavour, suite = "node"): Promise<Lab> => {
  const name = `${suite}-${flavour.replaceAll(/[^0-9]/g, "")}`;
  const known = labs.get(name);
  if (known) return known;
  const lab = openLab(name);
  const options = { flavour, profile: "plain-mysql", passwords: "awkward", stack: false } as const;
  const up = lab.up(options).then(() => lab);
  labs.set(name, up);
  return up;
};

after(async () => {
  for (const lab of await Promise.allSettled(labs.values())) if (lab.status === "fulfilled") await lab.value.wipe();
});

/** A database node of the lab as the configuration describes it. */
export const nodeOf = (lab: Lab, side: Side): DatabaseNode => {
  const settings = stackSettings(lab.record()) as unknown as Record<Side, Omit<DatabaseNode, "side">>;
  return { ...settings[side], side };
};

export const withAccess = (node: DatabaseNode, access: Partial<DatabaseNode["mysql"]>): DatabaseNode => ({
  ...node,
  mysql: { ...node.mysql, ...access },
});

/** One more host: an sshd of its own whose logins run `login` (a shell text that ends in exec). */
export interface ExtraHost {
  readonly host: Host;
  readonly sshd: () => number | undefined;
  /** Processes of its sshd that serve a login. */
  readonly log: string;
}

export const extraHost = async (lab: Lab, number: number, login: string): Promise<ExtraHost> => {
  const record: LabRecord = lab.record();
  const folder = join(lab.folder, `extra-${number}`);
  for (const name of ["ssh", "libexec"]) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
  const script = join(folder, "libexec/login");
  writeFileSync(script, `#!/bin/sh\nexport LAB_HOST='${folder}'\n${login}\n`);
  chmodSync(script, 0o755);
  const host: LabHost = { name: "processing", folder, address: `127.77.${record.index}.${10 + number}` };
  await startSshd(record, host);
  return {
    sshd: () => sshdPid(host),
    log: join(folder, "ssh/log"),
    host: {
      name: `extra-${number}`,
      become: "none",
      stateFolder: join(folder, "state"),
      connection: { ...nodeOf(lab, "primary").connection, host: host.address, hostKey: hostKeyOf(host) },
    },
  };
};

/** Known to the shell of `donor`. */
export const secret = `-a'b"c\\d#e ${process.pid}`;

/** Shells of two hosts whose state folders are the tests' own. */
export interface TwoNodes {
  readonly donor: Shell;
  readonly recipient: Shell;
  clear(): void;
  close(): Promise<void>;
}

export const twoNodes = async (): Promise<TwoNodes> => {
  const lab = await bringUp("mysql-9.7");
  const login = `exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"`;
  const donor = openShell((await extraHost(lab, 4, login)).host, { primaryMysqlPassword: secret });
  const recipient = openShell((await extraHost(lab, 5, login)).host, {});
  return {
    donor,
    recipient,
    clear() {
      for (const { host } of [donor, recipient]) rmSync(host.stateFolder, { recursive: true, force: true });
    },
    async close() {
      await donor.close();
      await recipient.close();
    },
  };
};
