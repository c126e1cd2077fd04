import assert from "node:assert/strict";
import { pace } from "../../../../../lab/gateway/process/pace.ts";

describe("pace of requests", () => {
  it("gives the rate, also a fraction of one a second", () => {
    const requests = pace();
    let served = 0;
    for (let ms = 0; ms <= 10_000; ms += 50) served += requests.due(ms, 2.5, 2);
    assert.equal(served, 25);
  });

  it("does not catch up after an outage", () => {
    const requests = pace();
    requests.due(0, 20, 2);
    assert.equal(requests.due(60_000, 20, 2), 2);
    assert.equal(requests.due(60_000, 20, 2), 1);
    assert.equal(requests.due(60_000, 20, 2), 0);
  });
});
