import assert from "node:assert/strict";
import { nodeConfig } from "../../../../lab/host/mysql-config.ts";
import type { LabRecord } from "../../../../lab/record.ts";

const record = (gtid: boolean): LabRecord => ({
  name: "example",
  index: 7,
  profile: "layer7-gateway",
  ports: { mysql: 3306, ssh: 2222, http: 8080 },
  ratePerSecond: 5,
  passwords: "plain",
  server: {
    flavour: "mysql-9.7",
    version: "9.7.4-2",
    origin: "a package",
    mysqld: "/package/sbin/mysqld",
    clientFolder: "/package/bin",
    options: { basedir: "/package/root/usr" },
    gtid,
  },
  sshd: { version: "9.2", sshd: "/usr/sbin/sshd", sftpServer: "internal-sftp", configLines: [], environment: {} },
});

describe("lab/host/mysql-config", () => {
  it("gives odd numbers to the primary and even ones to the secondary, each on its own address", () => {
    const [primary, secondary] = [nodeConfig(record(true), "primary"), nodeConfig(record(true), "secondary")];
    assert.match(primary, /^server_id=1$/m);
    assert.match(primary, /^bind_address=127\.77\.7\.1$/m);
    assert.match(secondary, /^server_id=2$/m);
    assert.match(secondary, /^auto_increment_offset=2$/m);
    assert.match(secondary, /^bind_address=127\.77\.7\.2$/m);
  });

  it("follows the flavour in GTID, and leaves the start of replication to the server", () => {
    assert.match(nodeConfig(record(true), "primary"), /^gtid_mode=ON$/m);
    assert.match(nodeConfig(record(false), "primary"), /^gtid_mode=OFF$/m);
    assert.doesNotMatch(nodeConfig(record(false), "primary"), /skip_replica_start/);
  });
});
