import assert from "node:assert/strict";
import { SqlError, UnreachableError } from "../../../providers/errors.ts";
import { loginError, statementError } from "../../../providers/node/sql-error.ts";

const driver = (errno: number | undefined, sqlMessage: string | undefined, code = "ER_X") =>
  Object.assign(new Error(sqlMessage ?? "connect ECONNREFUSED 127.0.0.1:3306"), { errno, sqlMessage, code });

const asIs = (text: string): string => text;

describe("errors of SQL", () => {
  it("keeps the server's number and words", () => {
    const error = statementError("n1", { sql: "STOP  REPLICA" }, driver(3081, "cannot be performed"), asIs);
    assert.ok(error instanceof SqlError && error.code === 3081);
    assert.equal(error.message, `n1: MySQL refused "STOP REPLICA": cannot be performed (3081)`);
  });

  it("is a lost session where the server went away in the middle", () => {
    for (const errno of [1053, 1927, 3169, 4031]) {
      const error = statementError("n1", { sql: "SELECT 1" }, driver(errno, "gone"), asIs);
      assert.ok(error instanceof UnreachableError && error.retryable, String(errno));
    }
    assert.ok(
      statementError("n1", { sql: "SELECT 1" }, driver(undefined, undefined), asIs) instanceof UnreachableError,
    );
  });

  it("quotes no part of a statement that sets a password", () => {
    const statement = { sql: "CREATE USER x IDENTIFIED BY ?", values: ["s3cret"] };
    const words = "You have an error in your SQL syntax; ... to use near 'BY 's3cr' at line 1";
    const error = statementError("n1", statement, driver(1064, words), asIs);
    assert.ok(!error.message.includes("s3c"), error.message);
    assert.equal(error.cause, undefined, "the driver's error holds the statement with its values");
  });

  it("tells a refused login from a server that is not there", () => {
    const refused = loginError("n1", "root", "socket /x", driver(1045, "Access denied"), asIs);
    assert.ok(refused instanceof SqlError && refused.code === 1045 && !refused.retryable);
    const full = loginError("n1", "root", "socket /x", driver(1040, "Too many connections"), asIs);
    assert.ok(full instanceof SqlError && full.code === 1040 && full.retryable);
    const away = loginError("n1", "root", "127.0.0.1:3306", driver(-111, undefined, "ECONNREFUSED"), asIs);
    assert.ok(away instanceof UnreachableError && away.retryable);
  });
});
