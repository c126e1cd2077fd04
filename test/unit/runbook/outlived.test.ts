import assert from "node:assert/strict";
import type { Node } from "../../../providers/node/node.ts";
import { clientOf, outlived, type SessionThere } from "../../../providers/runbook/outlived.ts";

const node = { host: { name: "gw1" } } as Node;
const session = (id: number, command: string, seconds: number): SessionThere => ({
  node,
  session: { id, user: "gateway", host: `10.0.0.${id}`, command, seconds },
});
const ids = (found: readonly SessionThere[]): readonly number[] => found.map((its) => its.session.id);

describe("sessions that outlived their gateway", () => {
  it("are those that were idle for longer than a pool leaves one unused", () => {
    const seen = [session(1, "Sleep", 30), session(2, "Sleep", 29), session(3, "Query", 400), session(4, "Sleep", 400)];
    assert.deepEqual(ids(outlived(seen, new Set())), [1, 4]);
  });

  it("are none of a client that uses another one", () => {
    const [one, other] = [session(6, "Sleep", 400), session(7, "Sleep", 1)];
    const same = { ...other, session: { ...other.session, host: one.session.host } };
    assert.deepEqual(outlived([one, same], new Set()), []);
    assert.deepEqual(ids(outlived([one, other], new Set())), [6]);
  });

  it("are not those of a client that came back after it was ended", () => {
    const again = session(5, "Sleep", 40);
    assert.deepEqual(outlived([again], new Set([clientOf(again)])), []);
  });
});
