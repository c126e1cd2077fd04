import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { changesBetween } from "../../../../lab/command-plugin/changes.ts";
import { pluginVersion } from "../../../../lab/command-plugin/plugin-version.ts";
import { hasSecret, plain, secret } from "../../../../lab/command-plugin/properties.ts";

const state = {
  connection: secret({ host: "a", port: 22 }),
  create: "make",
  triggers: ["1"],
  stdout: "made",
  stderr: "",
};
const inputs = { connection: secret({ host: "a", port: 22 }), create: "make", triggers: ["1"] };

describe("changes of a resource of the command plugin's stand-in", () => {
  it("finds none where only outputs differ, and a null is as good as nothing", () => {
    assert.equal(changesBetween(state, inputs).changes, false);
    assert.equal(changesBetween(state, { ...inputs, stdin: null }).changes, false);
  });

  it("sees a changed secret and a removed key", () => {
    assert.equal(changesBetween(state, { ...inputs, connection: secret({ host: "b", port: 22 }) }).changes, true);
    const { create, ...without } = inputs;
    assert.equal(changesBetween(state, without).changes, true);
    assert.equal(create, "make");
  });

  it("replaces for triggers, except where there is an update command", () => {
    assert.deepEqual(changesBetween(state, { ...inputs, triggers: ["2"] }).replaces, ["triggers"]);
    assert.deepEqual(changesBetween(state, { ...inputs, triggers: ["2"], update: "again" }).replaces, []);
  });

  it("compares assets by hash", () => {
    const asset = (hash: string, text: string) => ({ source: { hash, text } });
    assert.equal(changesBetween(asset("1", "old"), asset("1", "")).changes, false);
    assert.equal(changesBetween(asset("1", "x"), asset("2", "x")).changes, true);
  });
});

describe("properties on the engine's wire", () => {
  it("are plain without their marks, at every depth", () => {
    assert.deepEqual(plain({ a: secret([secret("x")]), b: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }), {
      a: ["x"],
      b: undefined,
    });
    assert.equal(hasSecret({ a: [{ b: secret(1) }] }), true);
    assert.equal(hasSecret({ a: [{ b: 1 }] }), false);
  });
});

describe("the stand-in's version", () => {
  it("is that of the package which the program imports", () => {
    const manifest = JSON.parse(readFileSync("package.json", "utf8"));
    assert.equal(manifest.dependencies["@pulumi/command"], pluginVersion);
  });
});
