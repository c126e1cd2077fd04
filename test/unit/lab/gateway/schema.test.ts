import assert from "node:assert/strict";
import { applicationSchema } from "../../../../lab/gateway/schema.ts";
import { layer7Gateway } from "../../../../providers/profile/layer7-gateway.ts";
import { isUserSchema, tableClass } from "../../../../providers/profile/profile.ts";

describe("application schema", () => {
  it("has a table for each that the gateway's profile lists", () => {
    const tables = Array.from(applicationSchema().matchAll(/CREATE TABLE (\w+)/g), ([, name]) => name);
    const listed = Object.keys(layer7Gateway.tableClasses.ssg ?? {}).map((name) => name.replace("*", ""));
    assert.deepEqual(
      listed.filter((name) => !tables.some((table) => table?.startsWith(name))),
      [],
    );
  });

  it("lies in two schemas that count as the user's", () => {
    const schemas = Array.from(applicationSchema().matchAll(/CREATE DATABASE (\w+)/g), ([, name = ""]) => name);
    assert.deepEqual(schemas, ["otk_db", "ssg"]);
    assert.ok(schemas.every(isUserSchema));
    assert.equal(tableClass(layer7Gateway, "otk_db", "oauth_token"), "other");
  });

  it("takes a number of audits and nothing else", () => {
    assert.match(applicationSchema({ audits: 7 }), /^SET @audits = 7;/);
    assert.throws(() => applicationSchema({ audits: 1.5 }), RangeError);
  });
});
