import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { shim } from "../../../providers/replication-pair/shim.ts";

const methods = ["configure", "check", "diff", "create", "read", "update", "delete"];

describe("the text that is stored in the state of every stack", () => {
  let text = "";
  before(async () => {
    text = (await pulumi.runtime.serializeFunction(() => shim)).text;
  });

  it("holds only the seven calls into the file that loads today's code", () => {
    const loads = text.match(/require\([^)]*\)/g) ?? [];
    assert.equal(loads.length, methods.length);
    for (const load of loads) assert.match(load, /process\.cwd\(/);
    assert.equal(text.match(/\/providers\/replication-pair\/entry\.cjs/g)?.length, methods.length);
    for (const method of methods) assert.match(text, new RegExp(`entry\\.cjs.{1,4}\\.${method}\\(`));
  });

  it("has nothing of the code that it loads, so an edit of that code changes no stack", () => {
    assert.ok(text.length < 4000, `${text.length} characters`);
    assert.doesNotMatch(text, /lifecycle|zod|ssh2|mysql2/);
  });
});
