import assert from "node:assert/strict";
import { type KeyedRow, mergeJoin, type RowDifference } from "../../../providers/observe/merge-join.ts";

const row = (key: string, hash = "h"): KeyedRow => ({ key: [key], hash });
const compare = (a: readonly string[], b: readonly string[]): number => Number(a[0]) - Number(b[0]);

async function* stream(rows: readonly KeyedRow[]): AsyncGenerator<KeyedRow> {
  yield* rows;
}

const differences = async (primary: readonly KeyedRow[], secondary: readonly KeyedRow[]): Promise<string[]> => {
  const found: RowDifference[] = [];
  for await (const one of mergeJoin({ primary: stream(primary), secondary: stream(secondary) }, compare))
    found.push(one);
  return found.map((one) => (one.kind === "only" ? `${one.on} ${one.row.key}` : `changed ${one.primary.key}`));
};

describe("mergeJoin", () => {
  it("finds what only one side has, at the start, in the middle and at the end", async () => {
    const found = await differences([row("1"), row("3"), row("9")], [row("2"), row("3"), row("10"), row("11")]);
    assert.deepEqual(found, ["primary 1", "secondary 2", "primary 9", "secondary 10", "secondary 11"]);
  });

  it("finds changed rows and passes over equal ones", async () => {
    assert.deepEqual(await differences([row("1"), row("2", "a")], [row("1"), row("2", "b")]), ["changed 2"]);
  });

  it("takes an empty side", async () => {
    assert.deepEqual(await differences([], [row("1")]), ["secondary 1"]);
    assert.deepEqual(await differences([row("1")], []), ["primary 1"]);
    assert.deepEqual(await differences([], []), []);
  });

  it("pairs repeated rows of a table without a key one by one", async () => {
    assert.deepEqual(await differences([row("1"), row("1"), row("2")], [row("1"), row("2"), row("2")]), [
      "primary 1",
      "secondary 2",
    ]);
  });

  it("closes both streams when the reader leaves early", async () => {
    const closed: string[] = [];
    async function* endless(name: string): AsyncGenerator<KeyedRow> {
      try {
        for (let n = name === "a" ? 0 : 1; ; n += 2) yield row(String(n));
      } finally {
        closed.push(name);
      }
    }
    for await (const _ of mergeJoin({ primary: endless("a"), secondary: endless("b") }, compare)) break;
    assert.deepEqual(closed.sort(), ["a", "b"]);
  });
});
