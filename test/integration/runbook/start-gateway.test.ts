import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import mysql, { type Connection } from "mysql2/promise";
import { secret } from "../../../lab/passwords.ts";
import { addressOf, type LabRecord } from "../../../lab/record.ts";
import { LimitError } from "../../../providers/errors.ts";
import type { Node } from "../../../providers/node/node.ts";
import { openNode } from "../../../providers/node/open-node.ts";
import type { Host, Pair } from "../../../providers/pair.ts";
import { gatewayClients } from "../../../providers/runbook/gateway-clients.ts";
import { type Service, serves, startGateway } from "../../../providers/runbook/start-gateway.ts";
import { bringUp, nodeOf } from "../node/lab-nodes.ts";

describe("start of a gateway", () => {
  let record: LabRecord;
  let donor: Node;
  let pair: Pair;
  let pidFile = "";
  const sessions: Connection[] = [];
  const told: string[] = [];

  before(async () => {
    const lab = await bringUp("mysql-9.7");
    record = lab.record();
    pidFile = join(lab.folder, "started.pid");
    donor = await openNode(nodeOf(lab, "primary"), {});
    const policy = { gatewayStartSeconds: 4, gatewayStopSeconds: 4 };
    const nodes = { primary: donor.host, secondary: nodeOf(lab, "secondary") };
    pair = { ...nodes, applicationAccounts: ["gateway"], policy } as unknown as Pair;
  });
  afterEach(async () => {
    for (const session of sessions.splice(0)) session.destroy();
    if (existsSync(pidFile)) process.kill(Number(readFileSync(pidFile, "utf8")), "SIGKILL");
    rmSync(pidFile, { force: true });
    told.length = 0;
  });
  after(() => donor?.close());

  /** A service that listens, and never asks a database. */
  const gateway = (): NonNullable<Host["gateway"]> => {
    const [address, port] = [addressOf(record.index, "processing"), 8079];
    const text = `require("net").createServer().listen(${port}, "${address}")`;
    const start = ["sh", "-c", '"$1" -e "$2" >/dev/null 2>&1 & echo $! >"$3"', "sh", process.execPath, text, pidFile];
    const processPattern = `^${process.execPath} -e require..net..\\.createServer...listen.${port},`;
    return { address, ports: [port], processPattern, start, stop: ["true"], status: ["true"] };
  };
  const session = async (localAddress: string): Promise<void> => {
    const { host, port } = donor.host.replication;
    const stream = () => connect({ host, port, localAddress });
    sessions.push(await mysql.createConnection({ stream, user: "gateway", password: secret(record, "gateway") }));
  };
  /** Starts the gateway of the processing node; a session from this address comes while it is waited for. */
  const started = async (from: string): Promise<void> => {
    const connection = { ...donor.host.connection, host: addressOf(record.index, "processing") };
    const target = { host: { ...donor.host, name: "processing", connection, gateway: gateway() }, shell: donor };
    const own = { host: { ...donor.host, gateway: gateway() }, shell: donor };
    const tell = async (text: string): Promise<void> => {
      if (/starting its gateway/.test(text)) await session(from);
      told.push(text);
    };
    const context = { donor, pair, hosts: [own, target], facts: {}, tell } as unknown as Service;
    const clients = await gatewayClients(context.hosts, pair);
    assert.equal(await serves(context, target, clients), false);
    await startGateway(context, target, clients);
    assert.equal(await serves(context, target, clients), true);
  };

  it("is proved by a session from its own host", () => started(addressOf(record.index, "processing")));

  it("is not proved by what another gateway host opens meanwhile", () =>
    assert.rejects(started(addressOf(record.index, "primary")), (error: Error) => {
      assert.ok(error instanceof LimitError);
      assert.match(error.message, /1 processes, ports 8079, 0 new sessions of it on primary, 1 of others/);
      return true;
    }));

  it("takes a session from an address of nobody for its own, and says so", async () => {
    await started(`127.77.${record.index}.99`);
    assert.match(
      told.join("\n"),
      /processing: no session .* \(gateway@127\.77\.\d+\.99 on primary\).*taken for its own/,
    );
  });
});
