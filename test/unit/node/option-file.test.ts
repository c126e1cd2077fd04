import assert from "node:assert/strict";
import { formatOptionFile, parseOptionFile } from "../../../providers/node/option-file.ts";

const groups = ["client", "mysql"];
const read = (text: string) => parseOptionFile(text, groups);

describe("client option file", () => {
  it("reads the appliance's kind of file", () => {
    assert.deepEqual(read("[client]\nuser=root\npassword=7layer\n"), { user: "root", password: "7layer" });
  });

  it("takes the last value of both groups and leaves other groups alone", () => {
    const text = "[mysql]\nuser=a\n[mysqldump]\nuser=b\n[client]\nuser = c\n[mysqld]\nuser=mysql\n";
    assert.deepEqual(read(text), { user: "c" });
  });

  // Each right side is what `my_print_defaults --show` of 9.7 gives for the left side.
  const values: readonly (readonly [string, string])[] = [
    [`plain`, "plain"],
    [`  spaces around  `, "spaces around"],
    [`"quoted # hash"`, "quoted # hash"],
    [`'quoted # hash'`, "quoted # hash"],
    [`unquoted # comment`, "unquoted"],
    [`a"b#c"d`, `a"b#c"d`],
    [`"back\\\\slash"`, "back\\slash"],
    [`"a\\"b"`, `a"b`],
    [`'a\\'b'`, "a'b"],
    [`a\\sb`, "a b"],
    [`a\\tb`, "a\tb"],
    [`a\\Sb`, "a\\Sb"],
    [`a\\#b`, "a\\"],
    [`"a\\#b"`, "a\\#b"],
    [`"`, `"`],
    [`""`, ""],
    [`"left open`, `"left open`],
    [`ends with\\`, "ends with\\"],
    [`semi;colon`, "semi;colon"],
    [`a=b=c`, "a=b=c"],
  ];
  for (const [written, meant] of values)
    it(`reads ${JSON.stringify(written)} as ${JSON.stringify(meant)}`, () => {
      assert.equal(read(`[client]\npassword=${written}\n`).password, meant);
    });

  it("skips comments, directives and text before the first group", () => {
    assert.deepEqual(
      read("x=1\n# [client]\n!includedir /etc/mysql/conf.d\n [client] \n; y=2\r\nport_x\r\nuser=u\r\n"),
      {
        "port-x": undefined,
        user: "u",
      },
    );
  });

  it("writes what reads back the same", () => {
    for (const password of [`-a'b"c\\d#e=f$g%h é;`, " spaces ", "\\", `"`, "'", "\t\n\r\b", "", "\\s", "#", "a\\"]) {
      assert.deepEqual(read(formatOptionFile({ user: "root", password })), { user: "root", password });
    }
  });

  it("refuses what no option file can hold", () => {
    assert.throws(() => formatOptionFile({ password: "x".repeat(5000) }), /cannot stand/);
    assert.throws(() => formatOptionFile({ password: "a\0b" }), /cannot stand/);
  });
});
