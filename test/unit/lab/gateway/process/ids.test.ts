import assert from "node:assert/strict";
import { goidSource, goidText } from "../../../../../lab/gateway/process/goid.ts";
import { idSource } from "../../../../../lab/gateway/process/ids.ts";

describe("ids of a gateway", () => {
  it("goid: the start's prefix, then a count", () => {
    const next = goidSource(Buffer.from("0123456789abcdef", "hex"));
    assert.equal(goidText(next()), "0123456789ABCDEF0000000000000001");
    assert.equal(goidText(next()), "0123456789ABCDEF0000000000000002");
  });

  it("number: one question to the database for each block", async () => {
    const blocks = [1, 3];
    const took: string[] = [];
    const sql = { database: "a", query: async () => [{ block: blocks[took.length] }] };
    const next = idSource((database) => took.push(database));
    assert.equal(await next(sql), 32_768);
    assert.equal(await next(sql), 32_769);
    for (let i = 2; i < 32_768; i += 1) await next(sql);
    assert.equal(await next(sql), 3 * 32_768);
    assert.deepEqual(took, ["a", "a"]);
  });
});
