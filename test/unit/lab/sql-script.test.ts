import assert from "node:assert/strict";
import { applicationSchema } from "../../../lab/gateway/schema.ts";
import { statementsOf } from "../../../lab/sql-script.ts";

describe("lab/sql-script", () => {
  it("takes statements apart, and leaves the body of a function whole", () => {
    const script =
      "USE a;\n-- why\nCREATE FUNCTION f() RETURNS int\nBEGIN\n  SET @a = 1;\n  RETURN @a;\nEND;\nSELECT 1;\n";
    assert.deepEqual(statementsOf(script), [
      "USE a",
      "-- why\nCREATE FUNCTION f() RETURNS int\nBEGIN\n  SET @a = 1;\n  RETURN @a;\nEND",
      "SELECT 1",
    ]);
  });

  it("takes the application's schema apart: no statement keeps its semicolon", () => {
    const statements = statementsOf(applicationSchema());
    assert.ok(statements.length > 50);
    for (const its of statements) assert.doesNotMatch(its, /;\s*$/);
    assert.match(statements.find((its) => its.includes("CREATE TRIGGER")) ?? "", /OLD\.version \+ 1$/);
  });
});
