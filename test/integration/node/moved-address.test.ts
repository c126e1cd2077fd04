import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Lab } from "../../../lab/lab.ts";
import { unlogged } from "../../../providers/clone/unlogged.ts";
import { UnreachableError } from "../../../providers/errors.ts";
import { sql } from "../../../providers/mysql/statement.ts";
import { openNode } from "../../../providers/node/open-node.ts";
import { bringUp, nodeOf, withAccess } from "./lab-nodes.ts";

const MS = 10_000;
const account = { user: "by_address", password: "by its address" };

describe("an address that moves to the other server", () => {
  let lab: Lab;
  const wires = new Set<Socket>();
  const cut = (): void => {
    for (const wire of wires) wire.destroy();
    wires.clear();
  };
  let leadsTo: "primary" | "secondary" = "primary";
  const address = createServer((wire) => {
    const { host, port } = nodeOf(lab, leadsTo).mysql;
    const onward = connect(port, host);
    for (const end of [wire, onward]) wires.add(end.on("error", () => {}));
    wire.pipe(onward).pipe(wire);
  });
  const onBoth = async (statements: readonly string[]): Promise<void> => {
    for (const side of ["primary", "secondary"] as const) {
      const node = await openNode(nodeOf(lab, side), {});
      await unlogged(
        node,
        statements.map((text) => ({ sql: text })),
      ).finally(() => node.close());
    }
  };
  before(async () => {
    lab = await bringUp("mysql-9.7");
    await onBoth([`CREATE USER ${account.user}@'%' IDENTIFIED BY '${account.password}'`]);
    await once(address.listen(0, "127.0.0.1"), "listening");
  });
  after(async () => {
    cut();
    address.close();
    await onBoth([`DROP USER ${account.user}@'%'`]);
  });

  it("is not told what was meant for the first", async () => {
    const { port } = address.address() as AddressInfo;
    const door = { through: "direct", host: "127.0.0.1", port, optionFile: undefined, user: account.user } as const;
    const node = await openNode(withAccess(nodeOf(lab, "primary"), door), { primaryMysqlPassword: account.password });
    try {
      const ask = (): Promise<unknown> => node.query(sql`SELECT 1`, MS);
      const another = (error: Error): boolean =>
        error instanceof UnreachableError && !error.retryable && /another server answers there now/.test(error.message);
      leadsTo = "secondary";
      cut();
      // The first may only hear that its connection is gone.
      await assert.rejects(ask().catch(ask), another);
      await assert.rejects(node.openSession(MS), another);
      leadsTo = "primary";
      assert.deepEqual(await node.query(sql`SELECT 1 AS one`, MS), [{ one: "1" }]);
    } finally {
      await node.close();
    }
  });
});
