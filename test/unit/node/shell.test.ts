import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { argText, describeArguments, quote, redact, setArguments } from "../../../providers/node/shell.ts";

const awkward = "-a'b\"c\\d#e=f$g%h é;`x`";

describe("shell text", () => {
  it("quotes so that a real sh reads back every byte", () => {
    const args = ["", "a b", awkward, "line\nbreak", "$(touch x)", "`;--", "-n", "*", "it''s", "\\"];
    const script = `${setArguments(args)}\nprintf '%s\\001' "$@"`;
    const out = execFileSync("/bin/sh", ["-s"], { input: script, encoding: "utf8" });
    assert.deepEqual(out.split("\x01").slice(0, -1), args);
  });

  it("clears the arguments where there are none", () => {
    assert.equal(execFileSync("/bin/sh", ["-c", `${setArguments([])}\necho $#`, "sh", "left over"]).toString(), "0\n");
  });

  it("refuses a NUL byte, which no shell can hold", () => {
    assert.throws(() => quote("a\0b"), /NUL/);
  });

  it("shows secrets as ***", () => {
    assert.equal(argText({ secret: awkward }), awkward);
    assert.equal(describeArguments(["a b", { secret: awkward }]), "'a b' ***");
  });
});

describe("redaction", () => {
  const forms: Readonly<Record<string, string>> = {
    raw: awkward,
    "shell word": quote(awkward),
    "SQL with backslashes": awkward.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll('"', '\\"'),
    "SQL with doubled quotes": awkward.replaceAll("'", "''"),
    JSON: JSON.stringify({ password: awkward }),
    "option file": `password="${awkward.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`,
    URL: `mysql://root:${encodeURIComponent(awkward)}@host`,
    base64: Buffer.from(awkward).toString("base64"),
    base64url: Buffer.from(awkward).toString("base64url"),
    hex: Buffer.from(awkward).toString("hex"),
  };
  for (const [name, text] of Object.entries(forms))
    it(`hides it as ${name}`, () => {
      const clean = redact(`before ${text} after`, [awkward]);
      assert.match(clean, /^before .*\*\*\*.* after$/);
      assert.ok(!clean.includes("c\\d#e"), clean);
    });

  it("leaves no rest where one secret holds another", () => {
    assert.equal(redact("labroot and labroot-2", ["labroot", "labroot-2"]), "*** and ***");
  });

  it("does not tell a secret of one or two letters by what is missing", () => {
    assert.equal(redact("abba", ["a", ""]), "abba");
  });
});
