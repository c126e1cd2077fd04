import assert from "node:assert/strict";
import { one, withStatus } from "./changed.ts";

describe("diagnose: the server's words", () => {
  it("keeps passwords out of findings", () => {
    const message = "Error 'x' on query: 'ALTER USER a IDENTIFIED BY 'se\\'cret' ' SOURCE_PASSWORD = 'se\\'cret'";
    const found = one(withStatus("secondary", { sql: { state: "stopped", fault: { code: 1396, message } } }));
    assert.equal(found.code, "account-differs");
    assert.doesNotMatch(JSON.stringify(found), /cret/);
  });
});
