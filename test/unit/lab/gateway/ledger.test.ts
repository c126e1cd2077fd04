import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ledgerLine, missingIds, parseLedger } from "../../../../lab/gateway/ledger.ts";

const entry = (id: string) => ({ id: id.repeat(32), database: "127.0.0.1:3306", epochMs: 1 });

describe("ledger of a gateway", () => {
  it("is read line by line, without a last line that was cut off", () => {
    const text = `${ledgerLine(entry("A"))}${ledgerLine(entry("B"))}CCCC 127.0.0.1:33`;
    assert.deepEqual(parseLedger(text), [entry("A"), entry("B")]);
    assert.deepEqual(parseLedger(""), []);
  });

  it("names committed ids that a node lacks; a gateway that wrote nothing has none", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ledger-"));
    try {
      const file = join(folder, "ledger");
      writeFileSync(file, ledgerLine(entry("A")) + ledgerLine(entry("B")));
      const there = async () => ["a".repeat(32), "F".repeat(32)];
      assert.deepEqual(await missingIds(there, [file, join(folder, "none")]), ["B".repeat(32)]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
