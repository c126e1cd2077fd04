import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { optionValue, secret } from "../passwords.ts";
import { type LabHost, type LabRecord, type Side, socketOf } from "../record.ts";
import { quoted } from "../shell-text.ts";

/** Folders and scripts of a host; written again at every start, so that they follow the project's code. */
export function writeHostFiles(record: LabRecord, host: LabHost): void {
  for (const name of ["bin", "libexec", "root", "ssh", "backup", "tmp", "log"])
    mkdirSync(join(host.folder, name), { recursive: true, mode: 0o700 });
  writeFileSync(join(host.folder, "libexec/environment"), environmentText(record, host));
  writeScript(join(host.folder, "libexec/login"), loginText(host));
  if (host.name === "processing") return;
  const script = join(host.folder, "libexec/mysql-service");
  copyFileSync(new URL("mysql-service.sh", import.meta.url), script);
  chmodSync(script, 0o755);
  writeFileSync(join(host.folder, "libexec/mysql-settings"), settingsText(record));
  writeOptionFile(record, host.name);
}

/** What `root` of the appliance has: user and password for the client programs on the host itself. */
export function writeOptionFile(record: LabRecord, side: Side): void {
  const file = join(socketOf(record, side), "../root/.my.cnf");
  const lines = [
    "[client]",
    "user=root",
    `password=${optionValue(secret(record, `root-${side}`))}`,
    `socket=${socketOf(record, side)}`,
  ];
  writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600 });
}

function writeScript(file: string, text: string): void {
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

/** LAB_HOST marks every process of the host, so that none is forgotten when the lab goes down. */
const environmentText = (record: LabRecord, host: LabHost): string => `\
PATH=${quoted(`${host.folder}/bin:${record.server.clientFolder}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`)}
HOME=${quoted(`${host.folder}/root`)}
LAB_HOST=${quoted(host.folder)}
export PATH HOME LAB_HOST
unset LD_LIBRARY_PATH LD_PRELOAD NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
`;

/** Every login ends here, so that no start-up file of the real user decides about PATH. */
const loginText = (host: LabHost): string => `\
#!/bin/sh
. ${quoted(`${host.folder}/libexec/environment`)}
cd "$HOME" || exit 1
[ -n "$SSH_ORIGINAL_COMMAND" ] && exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"
exec /bin/sh -i
`;

const settingsText = (record: LabRecord): string => `\
mysqld=${quoted(record.server.mysqld)}
clients=${quoted(record.server.clientFolder)}
`;
