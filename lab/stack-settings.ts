import { userInfo } from "node:os";
import { join } from "node:path";
import { gatewayOf } from "./application.ts";
import { hostKeyOf, loginKeyFile } from "./host/sshd.ts";
import { hostOf, type LabHost, type LabRecord, type Side, socketOf } from "./record.ts";

/** What stacks/Pulumi.<lab>.yaml says: the lab as an operator would describe it. */
export function stackSettings(record: LabRecord): Record<string, unknown> {
  const withGateways = record.profile === "layer7-gateway";
  return {
    profile: record.profile,
    procedure: "vendor",
    primary: databaseNode(record, "primary"),
    secondary: databaseNode(record, "secondary"),
    processingNodes: withGateways ? [hostSettings(record, hostOf(record, "processing"))] : [],
    applicationAccounts: ["gateway"],
    policy: {
      donor: "primary",
      remedies: ["start-server", "start-threads", "repoint", "reinitialise"],
      recipientOnlyRows: "refuse",
    },
    triggers: [],
  };
}

const hostSettings = (record: LabRecord, host: LabHost) => ({
  name: host.name,
  connection: {
    host: host.address,
    port: record.ports.ssh,
    user: userInfo().username,
    hostKey: hostKeyOf(host),
    privateKeyPath: loginKeyFile(record),
  },
  become: "none",
  ...(record.profile === "layer7-gateway" ? { gateway: gatewayOf(record, host) } : {}),
  stateFolder: join(host.folder, "state"),
});

const databaseNode = (record: LabRecord, side: Side) => {
  const host = hostOf(record, side);
  return {
    ...hostSettings(record, host),
    mysql: {
      through: "socket",
      socketPath: socketOf(record, side),
      host: host.address,
      port: record.ports.mysql,
      optionFile: join(host.folder, "root/.my.cnf"),
      // The `service` command of a host comes with its gateway.
      startService:
        record.profile === "layer7-gateway"
          ? ["service", "mysql", "start"]
          : [join(host.folder, "libexec/mysql-service"), "start"],
    },
    replication: { host: host.address, port: record.ports.mysql, bindAddress: host.address },
    backupFolder: join(host.folder, "backup"),
    clientFolder: record.server.clientFolder,
  };
};
