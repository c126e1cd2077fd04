import { readFileSync } from "node:fs";
import { remote, type types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { quote } from "../providers/node/shell.ts";
import type { DatabaseNode, Host, SshEndpoint } from "../providers/pair.ts";

/**
 * Makes the state folder (and a database node's backup folder) with mode 0700, and collects tool versions. Refuses a
 * folder that is a symbolic link or belongs to somebody else. Scripts go by stdin; the folders are arguments ($1 ...).
 */
const prepareScript = `
set -eu
umask 077
for folder in "$@"; do
  if [ -L "$folder" ]; then echo "$folder is a symbolic link: refused" >&2; exit 1; fi
  mkdir -p -- "$folder"
  [ -O "$folder" ] || { echo "$folder belongs to somebody else: refused" >&2; exit 1; }
  chmod 0700 -- "$folder"
done
for tool in sh timeout setsid sha256sum dd df mysql mysqldump; do
  path=$(command -v "$tool") && echo "$tool $path" || echo "$tool missing"
done
uname -srm
`;

/** destroy: removes what we made, unless a run is unfinished. Backups are never removed. */
const removeScript = `
set -eu
for name in fence.json lock; do
  if [ -e "$1/$name" ]; then echo "a run is unfinished ($1/$name is there): run pulumi up first" >&2; exit 1; fi
done
if grep -qs '"finished":false' "$1/journal.json"; then echo "a run is unfinished ($1/journal.json): run pulumi up first" >&2; exit 1; fi
case $1 in /*/*) rm -rf -- "$1" ;; esac
`;

export interface PrepareNodeArgs {
  readonly host: Host | DatabaseNode;
  readonly privateKey: pulumi.Output<string> | undefined;
  readonly privateKeyPassword: pulumi.Output<string> | undefined;
}

/** Limit of one script on the node, and of reaching it. */
const SCRIPT_LIMIT_SECONDS = 60;
const DIAL_LIMIT_SECONDS = 15;

export const prepareNode = ({ host, ...keys }: PrepareNodeArgs, parent: pulumi.Resource): remote.Command => {
  const folders = "backupFolder" in host ? [host.stateFolder, host.backupFolder] : [host.stateFolder];
  // The one command that sudoers has to allow: see docs/accounts.md.
  const shell = `timeout ${SCRIPT_LIMIT_SECONDS} ${host.become === "sudo" ? "sudo -n " : ""}/bin/sh -s`;
  return new remote.Command(
    `prepare-${host.name}`,
    {
      connection: connection(host.connection, keys),
      create: shell,
      stdin: `set -- ${folders.map(quote).join(" ")}\n${prepareScript}`,
      // The tool versions are an output of the resource; only trouble is shown.
      logging: remote.Logging.Stderr,
      // The resource's stdin serves create alone: this text has no secret and its path is quoted.
      delete: `printf %s ${quote(`set -- ${quote(host.stateFolder)}\n${removeScript}`)} | ${shell}`,
    },
    // A moved key file or a new login changes how the node is reached, not what was made on it.
    { parent, ignoreChanges: ["connection"], deleteBeforeReplace: true },
  );
};

const connection = (endpoint: SshEndpoint, keys: Omit<PrepareNodeArgs, "host">): types.input.remote.ConnectionArgs => {
  const { proxy, ...own } = endpoint;
  return proxy ? { ...reach(own, keys), proxy: reach(proxy, keys) } : reach(own, keys);
};

const reach = (endpoint: SshEndpoint, keys: Omit<PrepareNodeArgs, "host">) => {
  const { host, port, user, hostKey, agentSocketPath, privateKeyPath } = endpoint;
  const privateKey = privateKeyPath ? pulumi.secret(readFileSync(privateKeyPath, "utf8")) : keys.privateKey;
  return {
    ...{ host, port, user, hostKey, dialErrorLimit: 2, perDialTimeout: DIAL_LIMIT_SECONDS },
    ...(agentSocketPath ? { agentSocketPath } : {}),
    ...(privateKey ? { privateKey } : {}),
    ...(keys.privateKeyPassword ? { privateKeyPassword: keys.privateKeyPassword } : {}),
  };
};
