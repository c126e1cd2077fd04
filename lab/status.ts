import { applicationStatus } from "./application.ts";
import { mysqlRuns } from "./host/mysqld.ts";
import { sshdPid } from "./host/sshd.ts";
import { reasonOf } from "./lab-error.ts";
import { labFolder } from "./paths.ts";
import { hostsOf, type LabRecord, otherSide, type Side, sides } from "./record.ts";
import { describe, linkStatus } from "./replication.ts";

/** The state of a lab as lines for people. */
export async function statusLines(record: LabRecord): Promise<readonly string[]> {
  const { server, sshd, ports } = record;
  const links = await Promise.all(sides.map((side) => linkLine(record, side)));
  const hosts = await Promise.all(
    hostsOf(record).map(async (host) => {
      const ssh = sshdPid(host) ? `ssh ${host.address}:${ports.ssh}` : "sshd is down";
      if (host.name === "processing") return `  ${host.name.padEnd(11)} ${ssh}`;
      const up = await mysqlRuns(record, host.name);
      return `  ${host.name.padEnd(11)} ${ssh}, ${up ? `mysql ${host.address}:${ports.mysql}` : "mysqld is down"}`;
    }),
  );
  return [
    `Lab ${record.name}: MySQL ${server.version} (${server.origin}), ${server.gtid ? "GTID" : "file and position"}; ${sshd.version}`,
    `  folder      ${labFolder(record.name)}`,
    ...hosts,
    ...links,
    ...(record.profile === "layer7-gateway" ? await applicationStatus(record) : []),
  ];
}

async function linkLine(record: LabRecord, replica: Side): Promise<string> {
  const name = `  link ${replica} <- ${otherSide(replica)}: `;
  try {
    return name + describe(await linkStatus(record, replica));
  } catch (error) {
    return `${name}cannot be asked: ${reasonOf(error)}`;
  }
}
