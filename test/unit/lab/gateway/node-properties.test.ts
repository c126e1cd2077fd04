import assert from "node:assert/strict";
import { nodePropertiesText, parseNodeProperties } from "../../../../lab/gateway/node-properties.ts";
import type { GatewayHostOptions } from "../../../../lab/gateway/options.ts";
import { parseNodeProperties as observed } from "../../../../providers/observe/node-properties.ts";

const options: GatewayHostOptions = {
  hostFolder: "/lab/primary",
  hostName: "primary",
  address: "127.0.0.1",
  httpPort: 8080,
  nodeId: "0123456789abcdef0123456789abcdef",
  databases: [
    { host: "127.0.0.1", port: 3306 },
    { host: "127.0.0.2", port: 3307 },
  ],
  user: "gateway",
  passwordFile: "/lab/password",
  ratePerSecond: 5,
  ledgerFile: "/lab/primary/ledger",
};

describe("node.properties of the gateway stand-in", () => {
  it("is read back as it was meant", () => {
    const read = parseNodeProperties(nodePropertiesText(options));
    assert.deepEqual(read, { nodeId: options.nodeId, schema: "ssg", user: "gateway", databases: options.databases });
  });

  it("tells the product's own reader the same failover order", () => {
    const read = observed(nodePropertiesText(options).split("\n"));
    assert.deepEqual(read, { nodeId: options.nodeId, failoverOrder: ["127.0.0.1:3306", "127.0.0.2:3307"] });
  });

  it("names the key that is missing", () => {
    const text = nodePropertiesText(options).replace(/^node\.db\.config\.failover\.host=.*\n/m, "");
    assert.throws(() => parseNodeProperties(text), /has no node\.db\.config\.failover\.host/);
  });
});
