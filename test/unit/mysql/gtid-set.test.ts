import assert from "node:assert/strict";
import {
  containsGtid,
  countGtid,
  formatGtidSet,
  ofServer,
  parseGtidSet,
  subtractGtid,
} from "../../../providers/mysql/gtid-set.ts";

const a = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
const b = "7b3bdfa7-e873-11f1-95c0-02fc00000001";
const subtract = (from: string, taken: string): string =>
  formatGtidSet(subtractGtid(parseGtidSet(from), parseGtidSet(taken)));

describe("GTID sets", () => {
  it("reads what servers print and writes it back on one line", () => {
    assert.equal(formatGtidSet(parseGtidSet(`${b}:1-11,\n${a}:1`)), `${a}:1,${b}:1-11`);
    assert.equal(formatGtidSet(parseGtidSet("")), "");
    assert.equal(formatGtidSet(parseGtidSet(` ${a.toUpperCase()} : 5 `)), `${a}:5`);
  });

  it("joins intervals that touch or overlap", () => {
    assert.equal(formatGtidSet(parseGtidSet(`${a}:7-9:1-3:4:8-12`)), `${a}:1-4:7-12`);
    assert.equal(formatGtidSet(parseGtidSet(`${a}:1-3,${a}:4-5`)), `${a}:1-5`);
  });

  it("takes the plus that a dump of 9.x writes", () => {
    assert.equal(formatGtidSet(parseGtidSet(`+${a}:1-5`)), `${a}:1-5`);
  });

  it("keeps tags apart, as 8.3 and later write them", () => {
    const set = parseGtidSet(`${a}:1-5:blue:1-3:7:green:2,${b}:red:1`);
    assert.equal(formatGtidSet(set), `${a}:1-5,${a}:blue:1-3:7,${a}:green:2,${b}:red:1`);
    assert.equal(countGtid(set), 11);
    assert.equal(countGtid(ofServer(set, a.toUpperCase())), 10);
    assert.equal(subtract(`${a}:1-5:blue:1-3`, `${a}:1-5:green:1-3`), `${a}:blue:1-3`);
  });

  it("subtracts as GTID_SUBTRACT does", () => {
    assert.equal(subtract(`${a}:1-10`, `${a}:3-4:8`), `${a}:1-2:5-7:9-10`);
    assert.equal(subtract(`${a}:1-10`, `${a}:1-10`), "");
    assert.equal(subtract(`${a}:1-10`, `${b}:1-10`), `${a}:1-10`);
    assert.equal(subtract(`${a}:5-6`, `${a}:1-5`), `${a}:6`);
    assert.equal(subtract("", `${a}:1`), "");
  });

  it("contains as GTID_SUBSET does", () => {
    const all = parseGtidSet(`${a}:1-10,${b}:1-3`);
    assert.equal(containsGtid(all, parseGtidSet(`${b}:2-3`)), true);
    assert.equal(containsGtid(all, parseGtidSet("")), true);
    assert.equal(containsGtid(all, parseGtidSet(`${b}:3-4`)), false);
  });

  it("refuses what is no GTID set", () => {
    for (const text of ["1-1-11", `${a}:x-2`, "nonsense", `${a}:1-2-3`])
      assert.throws(() => parseGtidSet(text), SyntaxError, text);
  });
});
