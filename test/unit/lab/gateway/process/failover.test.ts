import assert from "node:assert/strict";
import { isConnectionError } from "../../../../../lab/gateway/process/connect.ts";
import { attemptOrder, shouldFailBack } from "../../../../../lab/gateway/process/failover.ts";

describe("failover of a session", () => {
  it("begins at the first database, and after a loss at the next one", () => {
    assert.deepEqual(attemptOrder(undefined, 2), [0, 1]);
    assert.deepEqual(attemptOrder(0, 2), [1, 0]);
    assert.deepEqual(attemptOrder(1, 2), [0, 1]);
  });

  it("goes back after a time or a number of statements", () => {
    const timing = { failBackMs: 30_000, failBackStatements: 50 };
    const away = { index: 1, sinceMs: 0, statements: 0 };
    assert.equal(shouldFailBack(away, 29_999, timing), false);
    assert.equal(shouldFailBack(away, 30_000, timing), true);
    assert.equal(shouldFailBack({ ...away, statements: 50 }, 1, timing), true);
    assert.equal(shouldFailBack({ ...away, index: 0 }, 30_000, timing), false);
  });

  it("follows a lost connection, not a refusal", () => {
    const refused = { code: "ECONNREFUSED", errno: -111, fatal: true };
    const lost = { code: "PROTOCOL_CONNECTION_LOST", fatal: true };
    const full = { errno: 1040, sqlState: "08004", fatal: true };
    const late = { code: "PROTOCOL_SEQUENCE_TIMEOUT", fatal: true };
    for (const error of [refused, lost, full, late]) assert.equal(isConnectionError(error), true);
    const denied = { errno: 1045, sqlState: "28000", fatal: true };
    const offline = { errno: 3032, sqlState: "HY000", fatal: true };
    const readOnly = { errno: 1290, sqlState: "HY000" };
    for (const error of [denied, offline, readOnly]) assert.equal(isConnectionError(error), false);
  });
});
