import assert from "node:assert/strict";
import type { Node } from "../../../providers/node/node.ts";
import { sortSessions } from "../../../providers/runbook/gateway-clients.ts";
import type { SessionThere } from "../../../providers/runbook/outlived.ts";

const clients = [
  { name: "gw1", addresses: ["gw1", "gw1-db.example.com", "10.0.0.1"] },
  { name: "gw3", addresses: ["gw3", "10.0.0.3", "10.1.0.3"] },
];

/** A session on gw1's server. */
const from = (host: string): SessionThere => ({
  node: { host: { name: "gw1" } } as unknown as Node,
  session: { id: 1, user: "gateway", host, command: "Sleep", seconds: 0 },
});

const sorted = (host: string, name: string): string => {
  const { own, unknown } = sortSessions([from(host)], name, clients);
  return own.length > 0 ? "own" : unknown.length > 0 ? "unknown" : "another's";
};

describe("whose a session is", () => {
  it("is told by any address or name of the host", () => {
    assert.equal(sorted("10.1.0.3", "gw3"), "own");
    assert.equal(sorted("GW1-db.example.com", "gw1"), "own");
    assert.equal(sorted("10.0.0.1", "gw3"), "another's");
  });

  it("is the server's own host's where it comes from within", () => {
    assert.equal(sorted("localhost", "gw1"), "own");
    assert.equal(sorted("127.0.0.1", "gw3"), "another's");
  });

  it("is not known where an address was translated on the way", () => {
    assert.equal(sorted("192.168.7.7", "gw3"), "unknown");
  });
});
