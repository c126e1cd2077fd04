import assert from "node:assert/strict";
import { breaks, findBreak } from "../../../../lab/breaks/all.ts";

describe("lab/breaks", () => {
  it("gives each way a name of its own", () => {
    assert.equal(new Set(breaks.map((its) => its.name)).size, breaks.length);
  });

  it("answers an unknown name with all that there are", () => {
    assert.throws(() => findBreak("set-fire"), /"set-fire" is no way to break the lab.*duplicate-key/s);
  });
});
