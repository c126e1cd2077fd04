import assert from "node:assert/strict";
import { format } from "mysql2";
import type { Fragment } from "../../../providers/observe/fragment.ts";
import { rowSha } from "../../../providers/observe/row-hash.ts";
import { compareKeys, keyText, matchKeys, orderByKey, rowKey, selectKey } from "../../../providers/observe/row-key.ts";
import { selectLiterals } from "../../../providers/observe/row-literal.ts";
import { selectRows } from "../../../providers/observe/table-rows.ts";
import type { Column } from "../../../providers/observe/table-shape.ts";

const column = (name: string, dataType: string, more: Partial<Column> = {}): Column => ({
  ...{ name, dataType, nullable: false, generated: false, definition: dataType },
  ...more,
});
const text = ({ sql, values }: Fragment): string => format(sql, [...(values ?? [])] as never);

const goid = column("goid", "binary");
const name = column("na`me", "varchar", { nullable: true });
const count = column("n", "int", { nullable: true });

describe("SQL of a row", () => {
  it("hashes values in a form that is the same on every server", () => {
    assert.equal(
      text(rowSha([goid, name, count, column("twice", "int", { generated: true })])),
      "SHA2(CONCAT_WS('#', `goid`, CAST(`na``me` AS BINARY), `n`, CONCAT_WS(',', IFNULL(LENGTH(`goid`), 'N'), IFNULL(LENGTH(`na``me`), 'N'), ISNULL(`n`))), 256)",
    );
    assert.match(text(rowSha([column("f", "float")])), /\(`f` \+ 0e0\)/);
    assert.match(text(rowSha([column("x", "mediumtext")])), /SHA2\(`x`, 256\)/);
    assert.match(text(rowSha([column("j", "json")])), /SHA2\(CAST\(`j` AS CHAR CHARACTER SET utf8mb4\), 256\)/);
  });

  it("orders by the column itself where an index can serve, else by bytes", () => {
    const key = rowKey({ key: ["goid", "na`me", "n"], columns: [goid, name, count] });
    assert.equal(text(orderByKey(key)), "`goid`, CAST(CAST(`na``me` AS CHAR CHARACTER SET utf8mb4) AS BINARY), `n`");
    assert.match(
      text(selectKey(key)),
      /^HEX\(`goid`\) AS `key:0`, HEX\(CAST\(.*\)\) AS `key:1`, CAST\(`n` AS CHAR\) AS `key:2`$/,
    );
  });

  it("searches rows by key with escaped values", () => {
    const key = rowKey({ key: ["goid", "na`me", "n"], columns: [goid, name, count] });
    const hex = Buffer.from("o'x").toString("hex").toUpperCase();
    assert.equal(
      text(matchKeys(key, [["00FF", hex, "-18446744073709551615"]])),
      "(`goid`, `na``me`, `n`) IN ((X'00ff', 'o\\'x', -18446744073709551615))",
    );
  });

  it("compares keys as the server sorts them", () => {
    const numbers = rowKey({ key: ["n"], columns: [count] });
    assert.ok(compareKeys(numbers, ["9"], ["10"]) < 0);
    assert.ok(compareKeys(numbers, ["-2"], ["-1"]) < 0);
    assert.ok(compareKeys(numbers, ["18446744073709551615"], ["18446744073709551614"]) > 0);
    const bytes = rowKey({ key: ["goid"], columns: [goid] });
    assert.ok(compareKeys(bytes, ["61"], ["6162"]) < 0);
    assert.equal(compareKeys(bytes, ["61"], ["61"]), 0);
  });

  it("shows keys to people, without control characters", () => {
    const key = rowKey({ key: ["goid", "na`me"], columns: [goid, name] });
    const hex = Buffer.from("a\u001b[2Jb").toString("hex").toUpperCase();
    assert.equal(keyText(key, ["00AB", hex]), 'goid=0x00ab, na`me="a\\u001b[2Jb"');
    assert.equal(keyText(rowKey({ key: [], columns: [count] }), ["ab12"]), "row sha256=ab12");
  });

  it("reads all rows or the asked ones, sorted", () => {
    const side = { columns: [goid, count], key: rowKey({ key: ["goid"], columns: [goid, count] }) };
    const table = { schema: "ssg", table: "policy", primary: side, secondary: side };
    assert.match(
      text(selectRows(table, "primary")),
      /^SELECT HEX\(`goid`\) AS `key:0`, LEFT\(SHA2.* FROM `ssg`\.`policy`\s+ORDER BY `goid`$/,
    );
    assert.match(text(selectRows(table, "primary", [["AB"]])), /WHERE \(`goid`\) IN \(\(X'ab'\)\) ORDER BY/);
  });

  it("renders literals in one line", () => {
    assert.match(text(selectLiterals([name])), /^IF\(`na``me` IS NULL, 'NULL', REPLACE\(REPLACE\(QUOTE\(/);
    assert.match(text(selectLiterals([goid])), /CONCAT\('0x', HEX\(`goid`\)\)/);
  });
});
