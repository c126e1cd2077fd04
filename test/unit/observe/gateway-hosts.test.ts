import assert from "node:assert/strict";
import { parseLook } from "../../../providers/observe/gateway-hosts.ts";
import { parseHostLook } from "../../../providers/observe/host-look.ts";
import { parseListener, portsAt } from "../../../providers/observe/listening.ts";
import { parseNodeProperties } from "../../../providers/observe/node-properties.ts";

const service = { address: "127.0.65.1", ports: [8080, 8443] };
const between = { askedMs: 1795580188000, answeredMs: 1795580190000 };
const answer = `process 4711
process 4712
listen 0141007F:1F90
listen 0241007F:20FB
listen 0141007F:0CEA
listen 0000000000000000FFFF00000141007F:20FB
property node.id = 0123456789abcdef0123456789abcdef
property node.db.configs=main,failover
property node.db.config.main.host=ssg1
property node.db.config.main.port=3307
property node.db.config.failover.inheritFrom=main
property node.db.config.failover.host=ssg2
end
`;

describe("a look at a gateway host", () => {
  it("reads processes, the service's open ports at its address, and the failover order", () => {
    assert.deepEqual(parseLook(answer, service), {
      processes: 2,
      listeningPorts: [8080, 8443],
      failoverOrder: ["ssg1:3307", "ssg2:3307"],
      nodeId: "0123456789abcdef0123456789abcdef",
    });
  });

  it("passes over what a login shell prints", () => {
    assert.equal(parseLook(`hello\n${answer}`, service).processes, 2);
  });

  it("takes an answer without its last line for no answer", () => {
    assert.throws(() => parseLook(answer.replace("end\n", ""), service), /cut short/);
    assert.throws(() => parseHostLook("clock 1795580188\n", between), /cut short/);
  });

  it("reads clock and backup processes", () => {
    assert.deepEqual(parseHostLook("backup xtrabackup (process 12)\nclock 1795580188\nend\n", between), {
      clockAhead: { least: -2, most: 1 },
      backupProcesses: ["xtrabackup (process 12)"],
    });
  });
});

describe("listeners", () => {
  const at = (address: string, ...texts: string[]) =>
    portsAt(
      address,
      texts.map(parseListener).filter((one) => one !== undefined),
    );

  it("finds a wildcard, and not another address", () => {
    assert.deepEqual(
      at("10.0.0.5", "00000000:1F90", "0600000A:20FB", "00000000000000000000000000000000:0050"),
      [80, 8080],
    );
  });

  it("takes any listener for a host name", () => {
    assert.deepEqual(at("gateway.example.com", "0600000A:20FB"), [8443]);
  });

  it("refuses other text", () => {
    assert.equal(parseListener("local_address"), undefined);
  });
});

describe("node.properties", () => {
  it("unescapes and trims", () => {
    const { failoverOrder } = parseNodeProperties(["node.db.configs = main", "node.db.config.main.host : db\\:one "]);
    assert.deepEqual(failoverOrder, ["db:one:3306"]);
  });

  it("ends where configurations inherit from each other in a circle", () => {
    const lines = ["node.db.configs=a", "node.db.config.a.inheritFrom=b", "node.db.config.b.inheritFrom=a"];
    assert.deepEqual(parseNodeProperties(lines), { failoverOrder: [], nodeId: undefined });
  });
});
