import assert from "node:assert/strict";
import { type Candidate, countLook, masterAct, type Sight } from "../../../../../lab/gateway/process/master.ts";

const sight = (part: Partial<Sight>): Sight => ({
  ...{ holder: "1", touchedMs: 0, lowest: "1", database: "a" },
  ...part,
});
const looks = (count: number): Candidate => ({ database: "a", looks: count });

describe("master of the cluster", () => {
  it("is the lowest of those that run; nobody waits for a role that nobody has", () => {
    assert.equal(masterAct(sight({ holder: null }), looks(1), "1", 0, 5000), "take");
    assert.equal(masterAct(sight({ holder: null }), looks(0), "2", 0, 5000), "none");
  });

  it("renews its row once in a minute", () => {
    assert.equal(masterAct(sight({}), looks(1), "1", 60_000, 5000), "hold");
    assert.equal(masterAct(sight({}), looks(1), "1", 60_001, 5000), "touch");
  });

  it("is followed after three looks at the same database", () => {
    const alone = sight({ lowest: "2" });
    assert.equal(masterAct(alone, looks(2), "2", 0, 5000), "none");
    assert.equal(masterAct(alone, looks(3), "2", 0, 5000), "take");
    assert.deepEqual(countLook(looks(2), alone, "2"), looks(3));
    assert.deepEqual(countLook(looks(2), sight({ lowest: "2", database: "b" }), "2"), { database: "b", looks: 1 });
    assert.deepEqual(countLook(looks(2), sight({}), "2"), looks(0));
  });
});
